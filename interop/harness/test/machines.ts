import { execFileSync } from 'node:child_process'

/** A machine of a local network: a network namespace. */
export interface Machine {
  readonly namespace: string
  readonly ip4: string
  readonly ip6: string
}

export interface LocalNetwork {
  readonly machines: readonly Machine[]
  /** Connects a machine of another network to this one too, as `eth1`, with no address but this one and its link-local one. */
  connect(machine: Machine, ip6: string): void
  remove(): void
}

/**
 * Network namespaces joined by a bridge, with multicast: `eth0` of each has an IPv4 and an IPv6 address. Needs Linux,
 * `ip` and the right to make namespaces (root); throws what `ip` says. The IPv6 addresses begin with `prefix6`.
 */
export function localNetwork(size: number, prefix6 = 'fd77::'): LocalNetwork {
  const tag = Math.random().toString(36).slice(2, 7)
  const bridge = `br${tag}`
  const machines = Array.from({ length: size }, (_, i) => ({
    namespace: `mdns${tag}${i + 1}`,
    ip4: `10.77.0.${i + 1}`,
    ip6: `${prefix6}${i + 1}`
  }))
  ip(`netns add ${bridge}`)
  ip(`-n ${bridge} link add ${bridge} type bridge mcast_snooping 0`)
  ip(`-n ${bridge} link set ${bridge} up`)
  for (const [i, machine] of machines.entries()) connect(machine, bridge, `p${i}`)
  const remove = (): void => {
    for (const namespace of [...machines.map(machine => machine.namespace), bridge]) ip(`netns del ${namespace}`)
  }
  const connectToo = ({ namespace }: Machine, ip6: string): void => {
    ip(`-n ${bridge} link add q0 type veth peer name eth1 netns ${namespace}`)
    ip(`-n ${bridge} link set q0 master ${bridge} up`)
    ip(`-n ${namespace} addr add ${ip6}/64 dev eth1 nodad`)
    ip(`-n ${namespace} link set eth1 up`)
  }
  return { machines, connect: connectToo, remove }
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
