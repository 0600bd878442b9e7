/**
 * Asking for more bytes than there are, and taking none; sending without end; on as many streams as can be had.
 *
 * The perf spec's own warning (libp2p/specs, perf: "denial of service"), and "data dribble", CVE-2019-9511 of HTTP/2.
 */
import { MAX_INBOUND_STREAMS, perf } from '@ts-libp2p/perf'
import { describe, expect, it } from 'vitest'
import { muxedAttacker, push } from '../src/attacker.ts'
import { setScene } from '../src/scene.ts'

const PERF = '/perf/1.0.0'
const ask = (bytes: bigint): Uint8Array => {
  const request = new Uint8Array(8)
  new DataView(request.buffer).setBigUint64(0, bytes)
  return request
}

describe('perf as a weapon', () => {
  it('sends nothing to whoever takes nothing, and ends when its time is up', async () => {
    await using scene = await setScene({ services: { perf: perf({ maxDurationMs: 800 }) } })
    const attacker = await muxedAttacker(scene.node)
    await scene.endure(async () => {
      const streams = await Promise.all(Array.from({ length: MAX_INBOUND_STREAMS }, () => attacker.open(PERF)))
      for (const stream of streams) {
        stream.pause()
        stream.send(ask(2n ** 53n - 1n))
        await stream.close()
      }
      await expect.poll(() => scene.log.count('PerfError timeout')).toBe(MAX_INBOUND_STREAMS)
    })
    attacker.raw.abort(new Error('seen enough'))
  })

  it('is refused where more is asked for than can be counted, or is allowed', async () => {
    await using scene = await setScene({ services: { perf: perf({ maxDownloadBytes: 1000 }) } })
    const attacker = await muxedAttacker(scene.node)
    await scene.endure(async () => {
      for (const bytes of [2n ** 64n - 1n, 1001n]) {
        const stream = await attacker.open(PERF)
        stream.send(ask(bytes))
        await stream.close()
        await expect.poll(() => stream.status).toBe('reset')
      }
    })
    expect(Object.keys(scene.log.kinds).filter(kind => kind.startsWith('PerfError'))).not.toEqual([])
    attacker.raw.abort(new Error('seen enough'))
  })

  it('takes what is sent without end, keeps none of it, and ends when its time is up', async () => {
    await using scene = await setScene({ services: { perf: perf({ maxDurationMs: 800 }) } })
    const attacker = await muxedAttacker(scene.node)
    const { exchanges } = await scene.endure(async () => {
      const stream = await attacker.open(PERF)
      const block = new Uint8Array(64 * 1024)
      await push(stream, ask(0n))
      while (await push(stream, block)) await new Promise(resolve => setImmediate(resolve))
    })
    expect(exchanges).toBeGreaterThan(3)
    expect(scene.log.count('PerfError timeout')).toBe(1)
    attacker.raw.abort(new Error('seen enough'))
  })

  it('has four streams; more lose theirs', async () => {
    await using scene = await setScene({ services: { perf: perf() } })
    const attacker = await muxedAttacker(scene.node)
    await scene.endure(async () => {
      await Promise.allSettled(Array.from({ length: 40 }, () => attacker.open(PERF)))
      await expect.poll(() => scene.log.count('SwarmError too-many-streams')).toBe(40 - MAX_INBOUND_STREAMS)
    })
    attacker.raw.abort(new Error('seen enough'))
  })
})
