import { INVALID } from './values/codec.ts'
import { ip4, ip6 } from './values/ip.ts'
import { parseDecimal } from './values/numbers.ts'

/** The IP addresses that begin with the same bits. */
export interface Range {
  /** 4 or 16 bytes. */
  readonly network: Uint8Array
  readonly bits: number
}

/** Reads `10.0.0.0/8`, or the like of IPv6. Undefined when it is none. */
export function parseRange(cidr: string): Range | undefined {
  const slash = cidr.indexOf('/')
  const [codec, size] = cidr.includes(':') ? [ip6, 16] : [ip4, 4]
  const network = new Uint8Array(size)
  if (slash < 0 || codec.parse(cidr, 0, slash, network, 0) === INVALID) return undefined
  const bits = parseDecimal(cidr, slash + 1, cidr.length, size * 8)
  return bits < 0 ? undefined : { network, bits }
}

export function isInRange(ip: Uint8Array, { network, bits }: Range): boolean {
  if (network.byteLength !== ip.byteLength) return false
  const whole = bits >>> 3
  for (let i = 0; i < whole; i++) if (ip[i] !== network[i]) return false
  const rest = bits & 7
  return rest === 0 || ((ip[whole] as number) ^ (network[whole] as number)) >>> (8 - rest) === 0
}
