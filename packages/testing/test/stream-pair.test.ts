import { concat, fromUtf8 } from '@ts-libp2p/bytes'
import { describe, expect, it } from 'vitest'
import { collect, eventually, expectBytes, randomChunks, SeededRandom, settle, streamPair } from '../src/index.ts'

describe('streamPair', () => {
  it('carries bytes both ways', async () => {
    const [a, b] = streamPair()
    a.send(fromUtf8('ping'))
    b.send(fromUtf8('pong'))
    await Promise.all([a.close(), b.close()])
    expect(await Promise.all([collect(a), collect(b)])).toEqual([fromUtf8('pong'), fromUtf8('ping')])
    expect([a.direction, b.direction]).toEqual(['outbound', 'inbound'])
  })

  it('passes the options on to both ends', () => {
    const [a, b] = streamPair({ protocol: '/p', maxReadBufferLength: 7 })
    expect([a.protocol, b.protocol, a.maxReadBufferLength, b.maxReadBufferLength]).toEqual(['/p', '/p', 7, 7])
  })
})

describe('collect', () => {
  it('gives up on a stream that is longer than allowed', async () => {
    const [a, b] = streamPair()
    a.send(new Uint8Array(11))
    await expect(collect(b, { limitBytes: 10 })).rejects.toMatchObject({ code: 'too-large' })
  })
})

describe('settle', () => {
  it('waits for chains of promises and deferred ticks', async () => {
    const [a, b] = streamPair()
    let length = 0
    b.addEventListener('message', event => {
      length += event.data.byteLength
      if (length < 10) b.send(new Uint8Array(1))
    })
    a.addEventListener('message', () => void Promise.resolve().then(() => a.send(new Uint8Array(1))))
    a.send(new Uint8Array(1))
    await settle()
    expect(length).toBe(10)
  })
})

describe('eventually', () => {
  it('waits for native work', async () => {
    let isDone = false
    void crypto.subtle.digest('SHA-256', new Uint8Array(1)).then(() => {
      isDone = true
    })
    await eventually('the digest', () => isDone)
    expect(isDone).toBe(true)
  })

  it('names what never happened', async () => {
    await expect(eventually('a miracle', () => false)).rejects.toThrow('never happened: a miracle')
  })
})

describe('randomChunks', () => {
  it('cuts into pieces of at most the size given and loses nothing', () => {
    const random = new SeededRandom(1)
    const bytes = random.bytes(5000)
    const chunks = randomChunks(bytes, random, 17)
    expect(concat(chunks)).toEqual(bytes)
    const sizes = chunks.map(chunk => chunk.byteLength)
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([1, 17])
  })

  it('gives no chunk for no bytes', () => {
    expect(randomChunks(new Uint8Array(0), new SeededRandom(1))).toEqual([])
  })
})

describe('expectBytes', () => {
  it('accepts the same bytes', () => {
    expect(() => expectBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).not.toThrow()
  })

  it.each([
    ['another byte', Uint8Array.of(1, 2, 4)],
    ['a byte too few', Uint8Array.of(1, 2)],
    ['a byte too many', Uint8Array.of(1, 2, 3, 0)]
  ])('shows where %s is', (_, actual) => {
    expect(() => expectBytes(actual, Uint8Array.of(1, 2, 3))).toThrow(actual.byteLength === 4 ? 'byte 3' : 'byte 2')
  })
})
