import { fromHex, toHex } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkHistory, type Step } from './model.ts'
import { bench, data, frame, frames } from './recording-port.ts'

const size = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 140_000 }) },
  { weight: 1, arbitrary: fc.constant(300_000) }
)
const step: fc.Arbitrary<Step> = fc.record({
  op: fc.constantFrom(
    'open',
    'send',
    'send',
    'send',
    'read',
    'read',
    'move',
    'move',
    'flush',
    'flush',
    'close',
    'abort'
  ),
  side: fc.boolean(),
  which: fc.nat(),
  size
})
describe('two sessions and a model', () => {
  it('agree, whatever is done in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.constantFrom(1, 1000, 300_000), (steps, capacity) =>
        checkHistory(steps, capacity)
      ),
      { numRuns: 1500 }
    )
  })
})

describe('any chunking', () => {
  const transcript = [
    frame(1, 1, 1, 0),
    data(1, 5),
    frame(2, 1, 0, 9),
    data(3, 300, 1),
    frame(0, 0, 99, 4, '61616161'),
    data(1, 40, 4),
    frame(1, 8, 3, 7),
    frame(3, 0, 0, 0),
    data(5, 1, 1)
  ].join('')

  const run = (chunks: Uint8Array[]) => {
    const { session, port } = bench('server')
    for (const chunk of chunks) session.receive(chunk, 0)
    session.flush(0)
    return {
      written: frames(port.take()),
      streams: port.streams.map(s => [s.id, s.status, s.readBufferLength, s.remoteWriteStatus]),
      failures: port.failures
    }
  }

  it('says and hears the same', () => {
    const whole = run([fromHex(transcript)])
    expect(whole.streams).toEqual([
      ['1', 'open', 45, 'closed'],
      ['3', 'reset', 300, 'closed'],
      ['5', 'open', 1, 'writable']
    ])
    fc.assert(
      fc.property(fc.array(fc.nat({ max: transcript.length / 2 })), cuts => {
        const at = [...cuts].sort((a, b) => a - b)
        const bytes = fromHex(transcript)
        const chunks = [...at, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : at[i - 1], end))
        expect(run(chunks)).toEqual(whole)
      })
    )
  })

  it('never throws and never answers anything but frames to random bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), chunks => {
        const { session, port } = bench('server')
        for (const chunk of chunks) session.receive(chunk, 0)
        session.flush(0)
        const written = port.take()
        expect(toHex(written).length % 24).toBe(0)
        expect(port.failures.length).toBeLessThanOrEqual(1)
      })
    )
  })
})
