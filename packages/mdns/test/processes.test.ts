/** Real multicast, between processes of this machine. */
import type { Node } from '@ts-libp2p/interface'
import { multiaddr, withPeerId } from '@ts-libp2p/multiaddr'
import { noLog, systemClock } from '@ts-libp2p/stream'
import { activeHandles, handlesReleased, identity, SeededRandom } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { mdns } from '../src/index.ts'
import { openSockets } from '../src/sockets.ts'
import { FixturePeer, randomFingerprint } from './fixture-peer.ts'

describe('processes on one machine', () => {
  it('find each other with nothing configured, and connect', async () => {
    const options = { interfaces: 'lo', fingerprint: randomFingerprint() }
    await using a = await FixturePeer.start(options)
    await using b = await FixturePeer.start(options)
    await using c = await FixturePeer.start(options)
    const all = [a, b, c]
    for (const peer of all) {
      const others = all.filter(other => other !== peer)
      await expect.poll(() => [...peer.discovered.keys()].sort()).toEqual(others.map(({ peerId }) => peerId).sort())
      for (const { peerId, addrs } of others) expect(peer.discovered.get(peerId)).toEqual(addrs)
    }
    expect(await a.dial(b.peerId)).toEqual({ dialled: b.peerId, addr: b.addrs[0] })
  })

  it('one that keeps quiet is found by who knows its id', async () => {
    const options = { interfaces: 'lo', fingerprint: randomFingerprint() }
    await using a = await FixturePeer.start(options)
    await using quiet = await FixturePeer.start({ ...options, isQuiet: true })
    await expect.poll(() => quiet.discovered.has(a.peerId)).toBe(true)
    expect(a.discovered.size).toBe(0)
    expect(await a.dial(quiet.peerId)).toEqual({ dialled: quiet.peerId, addr: quiet.addrs[0] })
  })

  it('networks of other names are not seen', async () => {
    await using a = await FixturePeer.start({ interfaces: 'lo', fingerprint: randomFingerprint() })
    await using b = await FixturePeer.start({ interfaces: 'lo', fingerprint: randomFingerprint() })
    expect((await a.dial(b.peerId)).error).toMatch(/no address|could not connect/)
    expect([a.discovered.size, b.discovered.size]).toEqual([0, 0])
  })
})

describe('sockets', () => {
  const node = (name: string): Node => {
    const { peerId } = identity(name)
    const addresses = [withPeerId(multiaddr('/ip4/127.0.0.1/tcp/4001'), peerId)]
    const rest = { peerId, clock: systemClock, random: new SeededRandom(name), addresses: () => addresses }
    return { ...rest, on: () => () => {}, logger: { forComponent: () => noLog } } as unknown as Node
  }

  it('are all closed by stop, and opened again by start', async () => {
    const before = activeHandles()
    const options = { interfaces: ['lo'], fingerprint: randomFingerprint() }
    const [a, b] = [mdns(options)(node('a')), mdns(options)(node('b'))]
    for (let round = 0; round < 2; round++) {
      const heard = new Promise(resolve => a.addEventListener('peer', resolve, { once: true }))
      for (const service of [a, b]) {
        await service.start()
        await service.afterStart?.()
      }
      await heard
      await Promise.all([a.stop(), b.stop(), a.stop()])
      await handlesReleased(before)
    }
  })

  it('on no network at all say so', async () => {
    const carrier = openSockets({ interfaces: ['nothing0'], onPacket: () => {}, onError: () => {} })
    await expect(carrier.scan()).rejects.toMatchObject({ name: 'MdnsError', code: 'no-network' })
    carrier.send(new Uint8Array(1), 'nothing0/4')
    await carrier.close()
  })
})
