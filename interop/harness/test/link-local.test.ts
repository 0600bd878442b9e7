/** Machines that have nothing but the addresses that IPv6 gives everybody, the same on every network. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FixturePeer, randomFingerprint } from '../../../packages/mdns/test/fixture-peer.ts'
import { type LocalNetwork, localNetwork, type Machine } from './machines.ts'

let network: LocalNetwork
let other: LocalNetwork
beforeAll(() => {
  network = localNetwork(2, 'fe80::')
  other = localNetwork(1, 'fe80::')
})
afterAll(() => {
  network.remove()
  other.remove()
})

/** On the link-local address of `eth0`. */
const start = ({ namespace, ip6 }: Machine): Promise<FixturePeer> => {
  const listen = `/ip6zone/eth0/ip6/${ip6}/tcp/0`
  return FixturePeer.start({ interfaces: 'eth0', fingerprint: randomFingerprint(), listen, namespace })
}

describe('a node on a link-local IPv6 address', () => {
  it('tells it with its interface, and is dialled by who names the interface that leads there', async () => {
    const [left, middle] = network.machines as [Machine, Machine]
    const [right] = other.machines as [Machine]
    other.connect(middle, 'fe80::9')
    expect(right.ip6).toBe(left.ip6)
    await using a = await start(left)
    await using b = await start(middle)
    await using c = await start(right)
    const [toLeft = '', there = ''] = [a.addrs[0], c.addrs[0]]
    expect(toLeft).toMatch(new RegExp(`^/ip6zone/eth0/ip6/fe80::1/tcp/[1-9]\\d*/p2p/${a.peerId}$`))
    expect(await b.dial(toLeft)).toEqual({ dialled: toLeft, addr: toLeft })
    const toRight = there.replace('/eth0/', '/eth1/')
    expect(await b.dial(toRight)).toEqual({ dialled: toRight, addr: toRight })
  })
})
