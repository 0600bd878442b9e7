import { bytesEqual, concat, fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import type { MessageStream } from '@ts-libp2p/interface'
import type { ByteStream, LayerChannel } from '@ts-libp2p/stream'
import { type BareStream, bareStream, collect, foreignStream, settle, streamPair } from '@ts-libp2p/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CipherState, MAX_FLUSH_BYTES, MAX_NONCE, noiseChannel } from '../src/index.ts'

const OURS = new Uint8Array(32).fill(1)
const THEIRS = new Uint8Array(32).fill(2)
const dialer = (raw: MessageStream, nonce = 0): LayerChannel =>
  noiseChannel(raw, { send: new CipherState(OURS, nonce), receive: new CipherState(THEIRS) })
const listener = (raw: MessageStream): LayerChannel =>
  noiseChannel(raw, { send: new CipherState(THEIRS), receive: new CipherState(OURS) })

function securedPair(wrap = (raw: MessageStream) => raw): [ByteStream, ByteStream] {
  const [a, b] = streamPair()
  return [dialer(wrap(a)).stream, listener(wrap(b)).stream]
}

function framed(message: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(message.byteLength >> 8, message.byteLength), message])
}

/** What the remote would send, frame by frame. */
function remote(): (text: string) => Uint8Array {
  const cipher = new CipherState(THEIRS)
  return text => framed(cipher.encrypt(fromUtf8(text)))
}

/** Lengths of the frames of one write. */
function frameLengths(write: Uint8Array | undefined): number[] {
  const lengths: number[] = []
  for (let at = 0; write !== undefined && at < write.byteLength; ) {
    const length = ((write[at] as number) << 8) | (write[at + 1] as number)
    lengths.push(length)
    at += 2 + length
  }
  return lengths
}

const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 7)

describe('the secured stream', () => {
  it.each([0, 1, 65_518, 65_519, 65_520, 400_000])('carries %d bytes and the end, both ways', async length => {
    const [a, b] = securedPair()
    const bytes = pattern(length)
    const [there, back] = [collect(b), collect(a)]
    for (const side of [a, b]) await side.sink([bytes])
    expect(bytesEqual(await there, bytes)).toBe(true)
    expect(bytesEqual(await back, bytes)).toBe(true)
    expect([a.status, b.status]).toEqual(['closed', 'closed'])
  })

  it('carries any writes, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 20 }), async chunks => {
        const [a, b] = securedPair()
        const got = collect(b)
        await a.sink(chunks)
        expect(await got).toEqual(concat(chunks))
      }),
      { numRuns: 40 }
    )
  })

  it('stands on a connection of another make', async () => {
    const [a, b] = securedPair(raw => foreignStream(raw as ByteStream))
    const bytes = pattern(300_000)
    const got = collect(b)
    await a.sink([bytes.subarray(0, 5), bytes.subarray(5)])
    expect(bytesEqual(await got, bytes)).toBe(true)
    b.abort(new Error('enough'))
    await settle()
    expect(a.status).toBe('reset')
  })

  it('reads the same however the bytes below are cut, and keeps nothing that is lent', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 30 }), { maxLength: 10 }), cuts, (texts, sizes) => {
        const { stream: raw } = bareStream({ lendsBuffers: true })
        const { stream } = dialer(raw)
        const got: Uint8Array[] = []
        stream.attach({ receive: chunk => got.push(chunk), end: () => got.push(fromUtf8('$')), closed: () => {} })
        const input = concat(texts.map(remote()))
        for (let at = 0, i = 0; at < input.byteLength; i++) {
          const chunk = input.slice(at, at + (sizes[i % sizes.length] as number))
          at += chunk.byteLength
          raw.receive(chunk)
          chunk.fill(0xee)
        }
        raw.receiveEnd()
        expect(toUtf8(concat(got))).toBe(`${texts.join('')}$`)
      })
    )
  })

  it('takes an empty message for what it is, and not for the end', async () => {
    const { stream: raw } = bareStream()
    const { stream } = dialer(raw)
    const say = remote()
    for (const text of ['a', '', 'b']) raw.receive(say(text))
    expect(stream.remoteWriteStatus).toBe('writable')
    raw.receiveEnd()
    expect(toUtf8(await collect(stream))).toBe('ab')
  })
})

describe('writes', () => {
  it.each([
    ['63 × 1 KiB share one message', 63, 1024, [63 * 1024 + 16]],
    ['64 × 1 KiB are 17 bytes too many for one', 64, 1024, [65_535, 64 * 1024 - 65_519 + 16]],
    ['a full message is not split', 1, 65_519, [65_535]],
    ['200 KiB fill three and begin a fourth', 1, 200 * 1024, [65_535, 65_535, 65_535, 200 * 1024 - 3 * 65_519 + 16]]
  ])('%s, and leave as one', async (_, count, size, lengths) => {
    const below = bareStream()
    const { stream } = dialer(below.stream)
    for (let i = 0; i < count; i++) stream.send(new Uint8Array(size))
    await settle()
    expect(below.writes.map(frameLengths)).toEqual([lengths])
  })

  it('do not wait for the connection to take more than it holds', async () => {
    const below = bareStream()
    below.flows = false
    const { stream } = dialer(below.stream)
    let sent = 0
    while (sent < 4_000_000) {
      if (!stream.send(new Uint8Array(10_000))) await settle()
      if (stream.writableNeedsDrain) break
      sent += 10_000
    }
    expect(sent).toBeLessThan(2 * MAX_FLUSH_BYTES)
    expect(below.stream.writeBufferLength).toBe(MAX_FLUSH_BYTES + 4 * 18)

    below.flows = true
    below.stream.send(new Uint8Array(0))
    await settle()
    expect(stream.writableNeedsDrain).toBe(false)
    expect(stream.writeBufferLength).toBe(0)
    expect(below.stream.writeBufferLength).toBe(0)
  })

  it('go on after each drain', async () => {
    const [a, b] = securedPair()
    const got = collect(b)
    for (let i = 0; i < 50; i++) if (!a.send(new Uint8Array(100_000))) await a.onDrain()
    await a.close()
    expect((await got).byteLength).toBe(5_000_000)
  })

  it('end the connection after the last byte, and no sooner', async () => {
    const below = bareStream()
    const { stream } = dialer(below.stream)
    stream.send(fromUtf8('last'))
    const closing = stream.close()
    expect(below.ends).toBe(0)
    await closing
    expect(below.ends).toBe(1)
    expect(below.writes.map(frameLengths)).toEqual([[20]])
    expect([stream.writeStatus, stream.readStatus]).toEqual(['closed', 'readable'])
    below.stream.receive(remote()('still heard'))
    below.stream.receiveEnd()
    expect(toUtf8(await collect(stream))).toBe('still heard')
    expect([stream.status, below.stream.status]).toEqual(['closed', 'closed'])
  })

  it('fail with the key when its counter ends', async () => {
    const below = bareStream()
    const { stream } = dialer(below.stream, MAX_NONCE)
    stream.send(fromUtf8('one too many'))
    await settle()
    expect(below.writes).toEqual([])
    expect(below.aborts).toMatchObject([{ name: 'NoiseError', code: 'nonce-exhausted' }])
    expect(stream.status).toBe('reset')
  })
})

describe('a reader that sleeps', () => {
  it('stops the writer, with bounded memory, and loses nothing', async () => {
    const [rawA, rawB] = streamPair()
    const [a, b] = [dialer(rawA).stream, listener(rawB).stream]
    let sent = 0
    for (; sent < 20_000_000 && !a.writableNeedsDrain; sent += 50_000) {
      a.send(pattern(50_000))
      await settle()
    }
    const held = a.writeBufferLength + rawA.writeBufferLength + rawB.readBufferLength + b.readBufferLength
    expect(held).toBeLessThan(2_000_000)
    expect(sent).toBeLessThan(2_000_000)
    const closing = a.close()
    const got = await collect(b)
    await closing
    expect(got.byteLength).toBe(sent)
    expect(bytesEqual(got.subarray(-50_000), pattern(50_000))).toBe(true)
  })

  it('holds the connection back by `pause()`, of either make', async () => {
    for (const wrap of [(raw: MessageStream) => raw, (raw: MessageStream) => foreignStream(raw as ByteStream)]) {
      const [rawA, rawB] = streamPair()
      const [a, b] = [dialer(rawA).stream, listener(wrap(rawB)).stream]
      b.pause()
      a.send(fromUtf8('later'))
      await settle()
      expect(b.readBufferLength).toBe(0)
      b.resume()
      await a.close()
      expect(toUtf8(await collect(b))).toBe('later')
    }
  })

  it('learns that the connection was cut', async () => {
    const { stream: raw } = bareStream()
    const { stream } = dialer(raw)
    stream.pause()
    raw.receiveReset(new Error('cable'))
    expect(stream.status).toBe('reset')
    await expect(collect(stream)).rejects.toThrow('cable')
  })

  it('gets what came before the connection ended in good order', async () => {
    const below = bareStream()
    const { stream } = dialer(below.stream)
    stream.pause()
    below.stream.receive(remote()('tail'))
    below.stream.receiveEnd()
    await stream.close()
    expect(below.stream.status).toBe('closed')
    stream.resume()
    expect(toUtf8(await collect(stream))).toBe('tail')
    expect(stream.status).toBe('closed')
  })
})

describe('a remote that breaks the rules', () => {
  const say = (): [BareStream, ByteStream, (text: string) => Uint8Array] => {
    const below = bareStream()
    return [below, dialer(below.stream).stream, remote()]
  }
  const changed = (bytes: Uint8Array): Uint8Array => bytes.with(-1, (bytes.at(-1) as number) ^ 1)

  it.each([
    ['a message without a tag', 'malformed-message', () => framed(new Uint8Array(15))],
    ['an empty frame', 'malformed-message', () => framed(new Uint8Array(0))],
    ['a changed bit', 'decryption-failed', (s: (text: string) => Uint8Array) => changed(s('x'))],
    ['a largest frame of noise', 'decryption-failed', () => framed(new Uint8Array(65_535))]
  ])('%s: the connection goes, what came before stays', async (_, code, frame) => {
    const [below, stream, text] = say()
    below.stream.receive(concat([text('before'), frame(text), text('after')]))
    expect(below.aborts).toMatchObject([{ name: 'NoiseError', code }])
    expect(stream.status).toBe('reset')
    const chunks = stream[Symbol.asyncIterator]()
    expect(toUtf8((await chunks.next()).value)).toBe('before')
    await expect(chunks.next()).rejects.toMatchObject({ name: 'NoiseError', code })
  })

  it('a message that was seen before', () => {
    const [below, , text] = say()
    const message = text('once')
    below.stream.receive(message)
    below.stream.receive(message)
    expect(below.aborts).toMatchObject([{ name: 'NoiseError', code: 'decryption-failed' }])
  })

  it('messages in another order', () => {
    const [below, , text] = say()
    const [first, second] = [text('1'), text('2')]
    below.stream.receive(concat([second, first]))
    expect(below.aborts).toMatchObject([{ name: 'NoiseError', code: 'decryption-failed' }])
  })

  it.each([1, 2, 10])('the end after %d bytes of a message', async cut => {
    const [below, stream, text] = say()
    below.stream.receive(text('whole'))
    below.stream.receive(text('truncated').subarray(0, cut))
    below.stream.receiveEnd()
    expect(below.aborts).toMatchObject([{ name: 'NoiseError', code: 'truncated' }])
    await expect(collect(stream)).rejects.toMatchObject({ code: 'truncated' })
  })
})

describe('the end out of order', () => {
  it('an abort goes down, and to the other side', async () => {
    const [rawA, rawB] = streamPair()
    const [a, b] = [dialer(rawA).stream, listener(rawB).stream]
    a.abort(new Error('enough'))
    await settle()
    expect([a.status, rawA.status, rawB.status, b.status]).toEqual(['aborted', 'aborted', 'reset', 'reset'])
    await expect(collect(b)).rejects.toMatchObject({ name: 'StreamResetError' })
  })

  it('a connection that is cut takes the stream along, with the cause', async () => {
    const { stream: raw } = bareStream()
    const { stream } = dialer(raw)
    const closing = stream.sink([new Uint8Array(10)])
    raw.receiveReset(new Error('cable'))
    await expect(closing).rejects.toThrow('cable')
    expect(stream.status).toBe('reset')
  })

  it('a connection that refuses bytes resets the stream with the reason', async () => {
    const below = bareStream()
    const refuses = Object.assign(below.stream, {
      sendAll() {
        throw new Error('not now')
      }
    })
    const { stream } = dialer(refuses)
    stream.send(fromUtf8('late'))
    await settle()
    expect(stream.status).toBe('reset')
    expect(below.aborts).toMatchObject([{ message: 'not now' }])
  })

  it('a connection that somebody else closes closes the stream on it', async () => {
    const below = bareStream()
    const { stream } = dialer(below.stream)
    await below.stream.close()
    expect([stream.writeStatus, below.aborts]).toEqual(['closed', []])
    expect(() => stream.send(fromUtf8('late'))).toThrow(expect.objectContaining({ name: 'StreamStateError' }))
  })
})
