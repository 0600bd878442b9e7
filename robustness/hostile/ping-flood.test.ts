/**
 * Pings as a way to make us work: many streams, a stream that never rests, echoes that nobody takes, pings never whole.
 *
 * The ping spec limits a listener to two streams per peer for this; go-libp2p issue 1360 and the limits of its ping
 * service, and "ping flood" of HTTP/2, CVE-2019-9512.
 */
import { MAX_INBOUND_STREAMS } from '@ts-libp2p/ping'
import { describe, expect, it } from 'vitest'
import { muxedAttacker, push } from '../src/attacker.ts'
import { setScene } from '../src/scene.ts'

const PING = '/ipfs/ping/1.0.0'

describe('a flood of pings', () => {
  it('has two streams; more lose theirs', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    const connection = scene.node.getConnections(attacker.peerId)[0]!
    await scene.endure(async () => {
      await Promise.allSettled(Array.from({ length: 40 }, () => attacker.open(PING)))
      const open = () => connection.streams.filter(s => s.protocol === PING && s.direction === 'inbound').length
      await expect.poll(open).toBe(MAX_INBOUND_STREAMS)
    })
    expect(scene.log.count('SwarmError too-many-streams')).toBe(40 - MAX_INBOUND_STREAMS)
    attacker.raw.abort(new Error('seen enough'))
  })

  it('that never rests disturbs nobody', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    const { exchanges } = await scene.endure(async () => {
      const stream = await attacker.open(PING)
      stream.addEventListener('message', () => {})
      const pings = new Uint8Array(32 * 2000)
      for (let i = 0; i < 200; i++) await push(stream, pings)
    })
    expect(exchanges).toBeGreaterThan(3)
    attacker.raw.abort(new Error('seen enough'))
  })

  it('whose echoes nobody takes is not listened to any more', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    const { result: sent } = await scene.endure(async () => {
      const stream = await attacker.open(PING)
      stream.pause()
      let bytes = 0
      for (const block = new Uint8Array(32 * 2000); stream.send(block); bytes += block.byteLength) {
        await new Promise(resolve => setImmediate(resolve))
      }
      return bytes
    })
    expect(sent).toBeLessThan(8 * 1024 * 1024)
    attacker.raw.abort(new Error('seen enough'))
  })

  it('that is never whole holds 31 bytes', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    await scene.endure(async () => {
      for (const stream of [await attacker.open(PING), await attacker.open(PING)]) {
        stream.send(new Uint8Array(31))
        await stream.close()
      }
      await expect.poll(() => scene.log.kinds).toHaveProperty('PingError incomplete')
    })
    attacker.raw.abort(new Error('seen enough'))
  })
})
