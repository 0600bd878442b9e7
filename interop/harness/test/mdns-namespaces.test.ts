/** Multicast DNS between machines, among ours and with the other implementations. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FixturePeer, PUBLIC_NETWORK, randomFingerprint } from '../../../packages/mdns/test/fixture-peer.ts'
import { type RemotePeer, startGoPeer, startJsPeer, startRustPeer } from '../src/index.ts'
import { eventually, START_TIMEOUT_MS } from './conversation.ts'
import { type LocalNetwork, localNetwork, type Machine } from './machines.ts'

let network: LocalNetwork
beforeAll(() => {
  network = localNetwork(4)
})
afterAll(() => network.remove())

const withoutId = (addr: string): string => addr.replace(/\/p2p\/.*/, '')
const machine = (i: number): Machine => network.machines[i] as Machine

describe('machines on one network', () => {
  it.each([
    ['IPv4', ({ ip4 }: Machine) => `/ip4/${ip4}/tcp/0`],
    ['IPv6', ({ ip6 }: Machine) => `/ip6/${ip6}/tcp/0`]
  ])('find each other and connect over %s', async (_, listen) => {
    const fingerprint = randomFingerprint()
    const start = (on: Machine): Promise<FixturePeer> =>
      FixturePeer.start({ interfaces: 'all', fingerprint, listen: listen(on), namespace: on.namespace })
    await using a = await start(machine(0))
    await using b = await start(machine(1))
    await using c = await start(machine(2))
    const all = [a, b, c]
    for (const peer of all) {
      for (const { peerId, addrs } of all.filter(other => other !== peer)) {
        await expect.poll(() => peer.discovered.get(peerId)).toEqual(addrs)
      }
    }
    expect(await a.dial(c.peerId)).toEqual({ dialled: c.peerId, addr: c.addrs[0] })
  })

  it('find one that keeps quiet, by its id', async () => {
    const fingerprint = randomFingerprint()
    const start = ({ ip4, namespace }: Machine, isQuiet: boolean): Promise<FixturePeer> =>
      FixturePeer.start({ interfaces: 'eth0', fingerprint, listen: `/ip4/${ip4}/tcp/0`, namespace, isQuiet })
    await using a = await start(machine(0), false)
    await using quiet = await start(machine(1), true)
    await expect.poll(() => quiet.discovered.has(a.peerId)).toBe(true)
    expect(a.discovered.size).toBe(0)
    expect(await a.dial(quiet.peerId)).toEqual({ dialled: quiet.peerId, addr: quiet.addrs[0] })
  })
})

describe('a machine on two networks', () => {
  it('finds the peers of both by IPv6, and tells each where it is on theirs', async () => {
    const other = localNetwork(1, 'fd78::')
    try {
      const [left, middle, right] = [machine(0), machine(1), other.machines[0] as Machine]
      other.connect(middle, 'fd78::9')
      const fingerprint = randomFingerprint()
      const start = ({ namespace }: Machine, ...ips: string[]): Promise<FixturePeer> => {
        const listen = ips.map(ip => `/ip6/${ip}/tcp/0`).join()
        return FixturePeer.start({ interfaces: 'all', fingerprint, listen, namespace })
      }
      await using a = await start(left, left.ip6)
      await using b = await start(middle, middle.ip6, 'fd78::9')
      await using c = await start(right, right.ip6)
      // Two interfaces, each with a link-local address that packets leave from: the scope says by which.
      await expect.poll(() => b.discovered.get(a.peerId)).toEqual(a.addrs)
      await expect.poll(() => b.discovered.get(c.peerId)).toEqual(c.addrs)
      await expect.poll(() => a.discovered.get(b.peerId)).toEqual([b.addrs[0]])
      await expect.poll(() => c.discovered.get(b.peerId)).toEqual([b.addrs[1]])
      expect([a.discovered.has(c.peerId), c.discovered.has(a.peerId)]).toEqual([false, false])
      expect(await c.dial(b.peerId)).toEqual({ dialled: b.peerId, addr: b.addrs[1] })
    } finally {
      other.remove()
    }
  })
})

describe.each([
  ['js-libp2p', startJsPeer],
  ['go-libp2p', startGoPeer],
  ['rust-libp2p', startRustPeer]
] as const)('%s on the same network', (_, start) => {
  const startTheirs = ({ ip4, namespace }: Machine): Promise<RemotePeer> =>
    start({ services: ['mdns'], listen: [`/ip4/${ip4}/tcp/0`], namespace })
  const startOurs = ({ ip4, namespace }: Machine): Promise<FixturePeer> =>
    FixturePeer.start({ interfaces: 'all', fingerprint: PUBLIC_NETWORK, listen: `/ip4/${ip4}/tcp/0`, namespace })

  /** Whichever asks and whichever answers: one is there before the other. */
  it.each([
    ['ours comes to theirs', true],
    ['theirs comes to ours', false]
  ])('each discovers the other when %s', { timeout: START_TIMEOUT_MS }, async (_, isTheirsFirst) => {
    const early = isTheirsFirst ? await startTheirs(machine(0)) : undefined
    await using ours = await startOurs(machine(1))
    await using theirs = early ?? (await startTheirs(machine(0)))
    await eventually(async () => {
      const { found } = (await theirs.call('mdns')) as { found: Record<string, string[]> }
      // js reads every address twice: ours are in the packet twice, as rust wants them.
      expect(new Set(found[ours.peerId]?.map(withoutId))).toEqual(new Set(ours.addrs.map(withoutId)))
    })
    await eventually(() => expect(ours.discovered.get(theirs.peerId)).toEqual(theirs.addrs))
    expect(await ours.dial(theirs.peerId)).toEqual({ dialled: theirs.peerId, addr: theirs.addrs[0] })
  })
})
