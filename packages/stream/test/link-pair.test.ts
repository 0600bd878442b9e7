import { bytesEqual, concat } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteConnection, linkPair } from '../src/index.ts'
import { collect, counting, pair, settle } from './fixtures.ts'

describe('linkPair', () => {
  it('carries bytes and the end from one side to the other', async () => {
    const [a, b] = pair()
    a.send(Uint8Array.of(1, 2))
    a.send(Uint8Array.of(3))
    await a.close()
    expect(await collect(b)).toEqual(Uint8Array.of(1, 2, 3))
    await b.close()
    expect([a.status, b.status, a.direction, b.direction]).toEqual(['closed', 'closed', 'outbound', 'inbound'])
  })

  it('makes whatever streams it is told', () => {
    const remoteAddr = {} as never
    const [a] = linkPair(end => new ByteConnection({ ...end, remoteAddr }))
    expect(a.remoteAddr).toBe(remoteAddr)
  })

  it('moves what one tick wrote together, and never within send', async () => {
    const [a, b] = pair()
    const seen: number[] = []
    b.addEventListener('message', event => seen.push(event.data.byteLength))
    a.send(counting(1))
    a.send(counting(2))
    expect([seen, a.writeBufferLength]).toEqual([[], 3])
    await settle()
    expect([seen, a.writeBufferLength]).toEqual([[1, 2], 0])
  })

  it('carries both directions at once, whatever is sent when', async () => {
    const sizes = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 100_000 }), fc.boolean()), {
      maxLength: 30
    })
    await fc.assert(
      fc.asyncProperty(sizes, async course => {
        const ends = pair()
        const sent: [Uint8Array[], Uint8Array[]] = [[], []]
        const reading = Promise.all([collect(ends[1]), collect(ends[0])])
        for (const [first, length, waits] of course) {
          const from = first ? 0 : 1
          const chunk = counting(length)
          sent[from].push(chunk)
          if (!ends[from].send(chunk)) await ends[from].onDrain()
          if (waits) await settle()
        }
        await Promise.all(ends.map(end => end.close()))
        const got = await reading
        for (const from of [0, 1] as const) {
          expect(got[from].byteLength).toBe(concat(sent[from]).byteLength)
          expect(bytesEqual(got[from], concat(sent[from]))).toBe(true)
        }
      }),
      { numRuns: 30 }
    )
  })

  it('keeps half open what only one side closed', async () => {
    const [a, b] = pair()
    await a.close()
    await settle()
    expect([a.status, b.status, b.remoteWriteStatus]).toEqual(['open', 'open', 'closed'])
    b.send(counting(3))
    await b.close()
    expect(await collect(a)).toEqual(counting(3))
    expect([a.status, b.status]).toEqual(['closed', 'closed'])
  })

  it('resets the far side on abort, with the cause, behind what it has', async () => {
    const [a, b] = pair()
    a.send(counting(2))
    await settle()
    const reason = new Error('enough')
    a.abort(reason)
    // Not within the call: an owner takes notes only.
    expect(b.status).toBe('open')
    await settle()
    const chunks = b[Symbol.asyncIterator]()
    expect((await chunks.next()).value).toEqual(counting(2))
    await expect(chunks.next()).rejects.toMatchObject({ name: 'StreamResetError', cause: reason })
  })

  it('holds bytes back while the far side is paused, and the end behind them', async () => {
    const [a, b] = pair()
    b.pause()
    a.send(new Uint8Array(1_000_000))
    void a.close()
    await settle()
    expect([b.remoteWriteStatus, a.writeStatus]).toEqual(['writable', 'closing'])
    expect(a.writeBufferLength + b.readBufferLength).toBe(1_000_000)
    b.resume()
    expect((await collect(b)).byteLength).toBe(1_000_000)
  })
})
