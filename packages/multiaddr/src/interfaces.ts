/**
 * What listening and dialling ask of the machine they run on. Its interfaces come as an argument, so that browsers can
 * load this.
 */

/** The module `node:os` is one. */
export interface OperatingSystem {
  platform(): string
  networkInterfaces(): Readonly<Record<string, readonly InterfaceAddress[] | undefined>>
}

export interface InterfaceAddress {
  readonly family: string
  readonly address: string
  /** The number of the interface, of an IPv6 address that only means something together with it. */
  readonly scopeid?: number | undefined
}

/** The hosts at which a socket that is bound to `host` can be reached: of a wildcard, the addresses of the interfaces. */
export function reachableHosts(host: string, os: OperatingSystem): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host]
  const family = host === '::' ? 'IPv6' : 'IPv4'
  return Object.values(os.networkInterfaces())
    .flatMap(list => list ?? [])
    .filter(entry => entry.family === family && !isLinkLocal6(entry.address))
    .map(entry => entry.address)
}

/**
 * Says so when `host` is a link-local IPv6 address with a zone that is no interface of this machine; undefined
 * otherwise. To be asked before a socket is: libuv leaves out a zone that it does not know, and connects over another.
 *
 * @example
 * missingZone('fe80::1%eth7', os) // 'no network interface that is up is called eth7; there are: lo, eth0'
 */
export function missingZone(host: string, os: OperatingSystem): string | undefined {
  const percent = host.indexOf('%')
  if (percent < 0 || !isLinkLocal6(host)) return undefined
  const zone = host.slice(percent + 1)
  const zones = zonesOf(os)
  if (zones === undefined || zones.includes(zone)) return undefined
  return `no network interface that is up is called ${zone}; there are: ${zones.join(', ') || 'none'}`
}

/** As sockets take them: names, but numbers on Windows. Undefined where they are not for us to see, as on some phones. */
function zonesOf(os: OperatingSystem): string[] | undefined {
  try {
    const interfaces = os.networkInterfaces()
    if (os.platform() !== 'win32') return Object.keys(interfaces)
    const numbers = Object.values(interfaces).flatMap(list => list?.map(entry => entry.scopeid) ?? [])
    return [...new Set(numbers)].filter(number => number !== undefined && number > 0).map(String)
  } catch {
    return undefined
  }
}

/** Its zone is a name of this machine: nobody else can dial it. */
function isLinkLocal6(host: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(host)
}
