/**
 * Streams opened without end, and left open.
 *
 * go-libp2p issue 759 (no limit on streams), the first variant of CVE-2022-23492 (go-libp2p, GHSA-j7qp-mfxf-8xjw),
 * CVE-2022-23487 (js-libp2p) and CVE-2022-23486 (rust-libp2p): each stream cost a negotiation's memory.
 */
import { concat, fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import { encodeHeader, MAX_INBOUND_STREAMS, RST, SYN, WINDOW_UPDATE } from '@ts-libp2p/yamux'
import { describe, expect, it } from 'vitest'
import { dataFrame, flood, frameAttacker } from '../src/frames.ts'
import { setScene } from '../src/scene.ts'

const HEADER = lengthPrefixed(fromUtf8('/multistream/1.0.0\n'))

describe('a flood of openings', () => {
  it('never has more streams than the limit, and costs the attacker its connection when it does not stop', async () => {
    await using scene = await setScene()
    const attacker = await frameAttacker(scene.node)
    const connection = scene.node.getConnections(attacker.peerId)[0]
    let most = 0
    function* openings(): Iterable<Uint8Array> {
      for (let id = 1; id < 200_000; id += 200) {
        yield concat(Array.from({ length: 100 }, (_, i) => encodeHeader(WINDOW_UPDATE, SYN, id + 2 * i, 0)))
        const inbound = connection?.streams.filter(({ direction }) => direction === 'inbound') ?? []
        most = Math.max(most, inbound.length)
      }
    }
    await scene.endure(async () => {
      await flood(attacker, openings())
      expect(await attacker.goAwayCode()).toBe(1)
    })
    expect(most).toBe(MAX_INBOUND_STREAMS)
    expect(attacker.heard.some(({ flags }) => flags & RST)).toBe(true)
    const { error } = await scene.lossOf(attacker.peerId)
    expect(error).toMatchObject({ name: 'YamuxError', code: 'too-much-churn' })
  })

  it('costs streams that never name their protocol after a while, and only these', async () => {
    await using scene = await setScene({ limits: { protocolTimeoutMs: 500 } })
    const attacker = await frameAttacker(scene.node)
    await scene.endure(async () => {
      for (let i = 0; i < MAX_INBOUND_STREAMS; i++) await attacker.send(dataFrame(2 * i + 1, SYN, HEADER))
      const connection = scene.node.getConnections(attacker.peerId)[0]
      const inbound = () => connection?.streams.filter(({ direction }) => direction === 'inbound').length
      await expect.poll(inbound, { interval: 5 }).toBe(MAX_INBOUND_STREAMS)
      await expect.poll(inbound).toBe(0)
      expect(connection?.status).toBe('open')
    })
    expect(scene.log.count('TimeoutError timeout')).toBeGreaterThanOrEqual(MAX_INBOUND_STREAMS)
    attacker.raw.abort(new Error('seen enough'))
  })
})
