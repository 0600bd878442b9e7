/** First octets that are given out: all of them public, none multicast or reserved. */
const FIRST_OCTET = 20
const FIRST_OCTETS = 70

/**
 * The address of the host number `index`: public, and each in another /16 as long as there are any (17,920), so that
 * limits on how many peers one network may have do not take a simulation for an attack.
 */
export function publicIp(index: number): string {
  const network = index % (FIRST_OCTETS * 256)
  const within = Math.floor(index / (FIRST_OCTETS * 256)) + 1
  return `${FIRST_OCTET + (network % FIRST_OCTETS)}.${Math.floor(network / FIRST_OCTETS)}.${within >> 8}.${within & 255}`
}
