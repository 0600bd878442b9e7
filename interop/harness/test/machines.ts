import { execFileSync } from 'node:child_process'

/** A machine of a local network: a network namespace. */
export interface Machine {
  readonly namespace: string
  readonly ip4: string
  readonly ip6: string
}

export interface LocalNetwork {
  readonly machines: readonly Machine[]
  remove(): void
}

/**
 * Network namespaces joined by a bridge, with multicast: `eth0` of each has an IPv4 and an IPv6 address. Needs Linux,
 * `ip` and the right to make namespaces (root); throws what `ip` says.
 */
export function localNetwork(size: number): LocalNetwork {
  const tag = Math.random().toString(36).slice(2, 7)
  const bridge = `br${tag}`
  const machines = Array.from({ length: size }, (_, i) => ({
    namespace: `mdns${tag}${i + 1}`,
    ip4: `10.77.0.${i + 1}`,
    ip6: `fd77::${i + 1}`
  }))
  ip(`netns add ${bridge}`)
  ip(`-n ${bridge} link add ${bridge} type bridge mcast_snooping 0`)
  ip(`-n ${bridge} link set ${bridge} up`)
  for (const [i, machine] of machines.entries()) connect(machine, bridge, `p${i}`)
  const remove = (): void => {
    for (const namespace of [...machines.map(machine => machine.namespace), bridge]) ip(`netns del ${namespace}`)
  }
  return { machines, remove }
}

function connect({ namespace, ip4, ip6 }: Machine, bridge: string, port: string): void {
  ip(`netns add ${namespace}`)
  ip(`-n ${bridge} link add ${port} type veth peer name eth0 netns ${namespace}`)
  ip(`-n ${bridge} link set ${port} master ${bridge} up`)
  ip(`-n ${namespace} link set lo up`)
  ip(`-n ${namespace} addr add ${ip4}/24 dev eth0`)
  ip(`-n ${namespace} addr add ${ip6}/64 dev eth0 nodad`)
  ip(`-n ${namespace} link set eth0 up`)
  // js-libp2p and rust-libp2p leave the interface of what they send to the routes.
  ip(`-n ${namespace} route add default dev eth0`)
}

function ip(line: string): void {
  execFileSync('ip', line.split(' '), { stdio: ['ignore', 'ignore', 'pipe'] })
}
