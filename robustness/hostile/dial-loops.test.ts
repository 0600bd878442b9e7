/**
 * Addresses that lead back to us, to others, or nowhere, in the name of the attacker.
 *
 * libp2p/rust-libp2p pull 1646 (our own addresses as somebody else's), filecoin-project/lassie issue 121 (dials into
 * private networks at a peer's word), libp2p/specs pulls 369 and 542 (addresses as a way to make others attack).
 */
import { createServer, type Socket } from 'node:net'
import { concat } from '@ts-libp2p/bytes'
import type { Multiaddr } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/libp2p'
import { DEFAULT_LIMITS } from '@ts-libp2p/swarm'
import { identity } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { type MuxedAttacker, muxedAttacker } from '../src/attacker.ts'
import { pushIdentify } from '../src/identifying.ts'
import { portOf } from '../src/ports.ts'
import { field, IDENTIFY } from '../src/protobuf.ts'
import { type Scene, setScene } from '../src/scene.ts'

/** The attacker tells where it pretends to be, and leaves. */
async function pretend(scene: Scene, addresses: readonly Multiaddr[]): Promise<MuxedAttacker> {
  const attacker = await muxedAttacker(scene.node)
  await pushIdentify(attacker, [concat(addresses.map(ma => field(IDENTIFY.listenAddrs, ma.bytes)))])
  await expect.poll(() => scene.node.peerStore.has(attacker.peerId)).toBe(true)
  attacker.raw.abort(new Error('gone'))
  await scene.lossOf(attacker.peerId)
  return attacker
}

/** Servers that have nothing to do with any of this. */
async function bystanders(count: number, answer: (socket: Socket) => void) {
  const sockets: Socket[] = []
  const servers = Array.from({ length: count }, () =>
    createServer(socket => {
      sockets.push(socket.on('error', () => {}))
      answer(socket)
    })
  )
  await Promise.all(servers.map(server => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))))
  return {
    addresses: servers.map(server => multiaddr(`/ip4/127.0.0.1/tcp/${(server.address() as { port: number }).port}`)),
    connections: () => sockets.length,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
    }
  }
}

describe('an attacker that pretends to be somewhere', () => {
  it('where we are: we find ourselves, once, and no connection comes of it', async () => {
    await using scene = await setScene()
    const own = multiaddr(`/ip4/127.0.0.1/tcp/${portOf(scene.node)}`)
    const attacker = await pretend(scene, [own])
    await scene.endure(async () => {
      const err = await scene.node.dial(attacker.peerId).catch((e: unknown) => e)
      expect(err).toMatchObject({
        name: 'DialError',
        attempts: [{ outcome: 'failed', error: { name: 'UnexpectedPeerError' } }]
      })
      // Not again for a while: the address is remembered as one that fails.
      const again = await scene.node.dial(attacker.peerId).catch((e: unknown) => e)
      expect(again).toMatchObject({ attempts: [{ outcome: 'skipped', error: { code: 'backoff' } }] })
    })
    expect(scene.node.getConnections(scene.node.peerId)).toEqual([])
  })

  it('under our own name: it is not even stored', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    const ours = multiaddr(`/ip4/6.6.6.6/tcp/1/p2p/${scene.node.peerId}`)
    const theirs = multiaddr('/ip4/6.6.6.7/tcp/1')
    await scene.endure(async () => {
      await pushIdentify(attacker, [concat([ours, theirs].map(ma => field(IDENTIFY.listenAddrs, ma.bytes)))])
      await expect.poll(() => scene.node.peerStore.has(attacker.peerId)).toBe(true)
    })
    const { addresses } = await scene.node.peerStore.get(attacker.peerId)
    expect(addresses.map(a => a.multiaddr.toString())).toEqual([theirs.toString()])
    attacker.raw.abort(new Error('seen enough'))
  })

  it('where others are: each is tried once, and none learns whom we look for', async () => {
    await using scene = await setScene()
    const heard: Buffer[] = []
    await using others = await bystanders(20, socket => {
      socket.on('data', (chunk: Buffer) => {
        heard.push(chunk)
        socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
      })
    })
    const attacker = await pretend(scene, others.addresses)
    await scene.endure(async () => {
      await expect(scene.node.dial(attacker.peerId)).rejects.toMatchObject({ name: 'DialError' })
    })
    expect(others.connections()).toBe(20)
    const said = Buffer.concat(heard)
    expect(said.toString('latin1')).not.toContain(attacker.peerId.toString())
    expect(said.byteLength).toBeLessThan(20 * 200)
  })

  it('where others are who say nothing: a few of them at a time', async () => {
    await using scene = await setScene()
    await using others = await bystanders(20, () => {})
    const attacker = await pretend(scene, others.addresses)
    await scene.endure(async () => {
      const enough = new AbortController()
      const dialling = scene.node.dial(attacker.peerId, { signal: enough.signal })
      await expect.poll(others.connections).toBe(DEFAULT_LIMITS.maxParallelAttemptsPerDial)
      await new Promise(resolve => setTimeout(resolve, 300))
      expect(others.connections()).toBe(DEFAULT_LIMITS.maxParallelAttemptsPerDial)
      enough.abort(new Error('enough'))
      await expect(dialling).rejects.toThrow('enough')
    })
  })

  it('nowhere, at thousands of addresses: a dial tries a bounded number and ends', async () => {
    await using scene = await setScene({ limits: { dialTimeoutMs: 3000, addressTimeoutMs: 500 } })
    const addresses = Array.from({ length: 1000 }, (_, i) =>
      multiaddr(`/ip4/127.0.0.1/tcp/${i + 1}/p2p/${identity('x').peerId}`)
    )
    await scene.endure(async () => {
      const err = await scene.node.dial(addresses).catch((e: unknown) => e)
      expect(err).toMatchObject({ name: 'DialError' })
      expect((err as { attempts: unknown[] }).attempts.length).toBeLessThanOrEqual(DEFAULT_LIMITS.maxAddressesPerDial)
    })
  })

  it('where the user forbids it: the gater sees every address before it is dialled', async () => {
    const asked: string[] = []
    await using scene = await setScene({
      connectionGater: {
        denyDialMultiaddr: ma => {
          asked.push(ma.toString())
          return true
        }
      }
    })
    const inside = multiaddr('/ip4/169.254.169.254/tcp/80')
    const attacker = await pretend(scene, [inside])
    await expect(scene.node.dial(attacker.peerId)).rejects.toMatchObject({
      attempts: [{ outcome: 'skipped', error: { code: 'denied' } }]
    })
    expect(asked).toEqual([inside.toString()])
  })
})
