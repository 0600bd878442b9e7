import { networkInterfaces } from 'node:os'

/** The hosts at which a listening socket can be reached: of a wildcard, the addresses of the interfaces. */
export function reachableHosts(bound: string, interfaces: typeof networkInterfaces = networkInterfaces): string[] {
  if (bound !== '0.0.0.0' && bound !== '::') return [bound]
  const family = bound === '::' ? 'IPv6' : 'IPv4'
  return Object.values(interfaces())
    .flatMap(list => list ?? [])
    .filter(entry => entry.family === family && !isLinkLocal6(entry.address))
    .map(entry => entry.address)
}

/** Its zone is a name of this machine: nobody else can dial it. */
function isLinkLocal6(address: string): boolean {
  return /^fe[89ab]/i.test(address)
}
