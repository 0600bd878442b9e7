/**
 * Multicast between machines: network namespaces joined by a bridge. Needs Linux, `ip` and the right to make namespaces
 * (root): without, it fails and says so.
 */
import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FixturePeer, randomFingerprint } from '../../../packages/mdns/test/fixture-peer.ts'

const tag = Math.random().toString(36).slice(2, 7)
const bridge = `br${tag}`
const namespaces = [1, 2, 3].map(i => `mdns${tag}${i}`)

function ip(line: string): void {
  execFileSync('ip', line.split(' '), { stdio: ['ignore', 'ignore', 'pipe'] })
}

beforeAll(() => {
  ip(`netns add ${bridge}`)
  ip(`-n ${bridge} link add ${bridge} type bridge mcast_snooping 0`)
  ip(`-n ${bridge} link set ${bridge} up`)
  for (const [i, namespace] of namespaces.entries()) {
    ip(`netns add ${namespace}`)
    ip(`-n ${bridge} link add p${i} type veth peer name eth0 netns ${namespace}`)
    ip(`-n ${bridge} link set p${i} master ${bridge} up`)
    ip(`-n ${namespace} link set lo up`)
    ip(`-n ${namespace} addr add 10.77.0.${i + 1}/24 dev eth0`)
    ip(`-n ${namespace} addr add fd77::${i + 1}/64 dev eth0 nodad`)
    ip(`-n ${namespace} link set eth0 up`)
  }
})

afterAll(() => {
  for (const namespace of [...namespaces, bridge]) ip(`netns del ${namespace}`)
})

describe('machines on one network', () => {
  it.each([
    ['IPv4', (i: number) => `/ip4/10.77.0.${i + 1}/tcp/0`],
    ['IPv6', (i: number) => `/ip6/fd77::${i + 1}/tcp/0`]
  ])('find each other and connect over %s', async (_, listen) => {
    const fingerprint = randomFingerprint()
    const start = (i: number): Promise<FixturePeer> =>
      FixturePeer.start({ interfaces: 'all', fingerprint, listen: listen(i), namespace: namespaces[i] as string })
    await using a = await start(0)
    await using b = await start(1)
    await using c = await start(2)
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
    const [first, second] = namespaces as [string, string]
    const options = { interfaces: 'eth0', fingerprint }
    await using a = await FixturePeer.start({ ...options, listen: '/ip4/10.77.0.1/tcp/0', namespace: first })
    await using quiet = await FixturePeer.start({
      ...options,
      listen: '/ip4/10.77.0.2/tcp/0',
      namespace: second,
      isQuiet: true
    })
    await expect.poll(() => quiet.discovered.has(a.peerId)).toBe(true)
    expect(a.discovered.size).toBe(0)
    expect(await a.dial(quiet.peerId)).toEqual({ dialled: quiet.peerId, addr: quiet.addrs[0] })
  })
})
