import { concat, fromHex, fromUtf8, lengthPrefixed, toHex } from '@ts-libp2p/bytes'
import { Play } from '@ts-libp2p/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeLine,
  dialer,
  encodeLine,
  encodeListing,
  encodeOpening,
  listener,
  MAX_CACHED_LINES,
  MAX_LISTINGS,
  MAX_PROPOSALS,
  MULTISTREAM
} from '../src/index.ts'
import vectors from './vectors/multistream.json' with { type: 'json' }

const header = encodeLine(MULTISTREAM)
const na = encodeLine('na')
const ls = encodeLine('ls')
const cases = <K extends string>(kind: K) => vectors.cases.filter(c => c.kind === kind)
const names = (protocols: string[] | undefined) => protocols as [string, ...string[]]

describe('lines', () => {
  it.each(cases('message'))('$id encodes $protocol', ({ protocol = '', hex = '' }) => {
    expect(toHex(encodeLine(protocol))).toBe(hex)
    expect(decodeLine(fromUtf8(`${protocol}\n`))).toBe(protocol)
  })

  it.each(cases('ls-response'))('$id lists $protocols', ({ protocols = [], hex = '' }) => {
    expect(toHex(encodeListing(protocols))).toBe(hex)
  })

  it('keeps no more encoded lines than its limit, and the right ones', () => {
    const first = encodeLine('/0')
    expect(encodeLine('/0')).toBe(first)
    for (let i = 1; i <= MAX_CACHED_LINES; i++) expect(encodeLine(`/${i}`)).toEqual(lengthPrefixed(fromUtf8(`/${i}\n`)))
    expect(encodeLine('/0')).not.toBe(first)
    expect(encodeLine('/0')).toEqual(first)
  })
})

describe('recorded negotiations', () => {
  it.each(cases('transcript'))('$name, as the dialer', c => {
    const play = new Play(dialer(names(c.initiator_protocols)))
    let said = play.said()
    for (const { from, hex } of c.messages ?? []) {
      if (from === 'initiator') expect(toHex(said)).toBe(hex)
      else said = play.feed(fromHex(hex))
    }
    if (c.selected === null) expect(play.outcome).toMatchObject({ error: { name: 'UnsupportedProtocolError' } })
    else expect(play.outcome).toEqual({ value: c.selected })
  })

  it.each(cases('transcript'))('$name, as the listener', c => {
    const play = new Play(listener(new Set(c.responder_protocols)))
    let said = play.said()
    expect(said).toEqual(header)
    for (const { from, hex } of c.messages ?? []) {
      if (from === 'initiator') said = concat([said, play.feed(fromHex(hex))])
      else {
        expect(toHex(said)).toBe(hex)
        said = new Uint8Array(0)
      }
    }
    expect(play.outcome).toEqual(c.selected === null ? undefined : { value: c.selected })
  })
})

describe('any chunking', () => {
  const transcripts = cases('transcript')
  const cuts = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 20 })

  it('changes neither what the listener says nor what it selects', () => {
    fc.assert(
      fc.property(fc.constantFrom(...transcripts), cuts, (c, sizes) => {
        const input = concat((c.messages ?? []).filter(m => m.from === 'initiator').map(m => fromHex(m.hex)))
        const output = concat((c.messages ?? []).filter(m => m.from === 'responder').map(m => fromHex(m.hex)))
        const play = new Play(listener(new Set(c.responder_protocols)))
        const said = [play.said(), ...cut(input, sizes).map(chunk => play.feed(chunk))]
        expect(toHex(concat(said))).toBe(toHex(output))
      })
    )
  })

  it('changes neither what the dialer says nor what it selects', () => {
    fc.assert(
      fc.property(fc.constantFrom(...transcripts), cuts, (c, sizes) => {
        const play = new Play(dialer(names(c.initiator_protocols)))
        const said = [play.said()]
        for (const { from, hex } of c.messages ?? []) {
          if (from === 'responder') said.push(...cut(fromHex(hex), sizes).map(chunk => play.feed(chunk)))
        }
        const output = concat((c.messages ?? []).filter(m => m.from === 'initiator').map(m => fromHex(m.hex)))
        expect(toHex(concat(said))).toBe(toHex(output))
        if (c.selected !== null) expect(play.outcome).toEqual({ value: c.selected })
      })
    )
  })

  it('never throws anything but its own errors, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.boolean(), (chunks, begins) => {
        for (const play of [new Play(listener(new Set(['/a']))), new Play(dialer(['/a', '/b']))]) {
          if (begins) play.feed(header)
          for (const chunk of chunks) play.feed(chunk)
          if (play.outcome !== undefined && 'error' in play.outcome) {
            expect(play.outcome.error).toMatchObject({ name: 'MultistreamError' })
          }
        }
      })
    )
  })
})

describe('bad input', () => {
  const truncated = ['truncated', 'empty', 'length far beyond the end']
  const invalid = cases('invalid')

  it.each(invalid.filter(c => !truncated.includes(c.reason ?? '')))('$id is refused: $reason', ({ hex = '' }) => {
    const error = { name: 'MultistreamError', code: 'malformed-line' }
    for (const dialogue of [dialer(['/noise']), listener(new Set(['/noise']))]) {
      const play = new Play(dialogue)
      play.feed(fromHex(hex))
      expect(play.outcome).toMatchObject({ error })
    }
  })

  it.each(invalid.filter(c => truncated.includes(c.reason ?? '')))('$id yields no message: $reason', ({ hex = '' }) => {
    const play = new Play(listener(new Set(['/noise'])))
    play.said()
    expect(play.feed(fromHex(hex))).toHaveLength(0)
    expect(play.outcome).toBeUndefined()
  })

  it.each([
    ['another protocol', encodeLine('/tls/1.0.0')],
    ['the echo with a blank', encodeLine('/noise ')],
    ['the header once more', header],
    ['`ls`', ls],
    ['an empty line', encodeLine('')]
  ])('the dialer takes no answer but the echo and `na`: %s', (_, answer) => {
    const play = new Play(dialer(['/noise', '/tls/1.0.0']))
    play.feed(concat([header, answer]))
    expect(play.outcome).toMatchObject({ error: { name: 'MultistreamError', code: 'unexpected-answer' } })
  })

  it.each([
    ['no header', encodeLine('/noise')],
    ['another version', encodeLine('/multistream/2.0.0')],
    ['HTTP', lengthPrefixed(fromUtf8('GET / HTTP/1.1\r\n'))]
  ])('both refuse %s', (_, first) => {
    for (const play of [new Play(dialer(['/noise'])), new Play(listener(new Set(['/noise'])))]) {
      play.feed(first)
      expect(play.outcome).toMatchObject({ error: { name: 'MultistreamError', code: 'wrong-header' } })
    }
  })

  it('refuses a line that is not text, and keeps the cause', () => {
    const play = new Play(listener(new Set(['/noise'])))
    play.feed(concat([header, lengthPrefixed(Uint8Array.of(0xff, 0xfe, 0x0a))]))
    expect(play.outcome).toMatchObject({ error: { code: 'malformed-line', cause: { code: 'not-utf8' } } })
  })

  it('quotes at most 80 characters of what the remote sent', () => {
    const play = new Play(dialer(['/noise']))
    play.feed(concat([header, encodeLine(`/\u0007${'x'.repeat(900)}`)]))
    const { error } = play.outcome as { error: Error }
    expect(error.message.length).toBeLessThan(160)
    expect(error.message).not.toContain('\u0007')
  })
})

describe('the listener', () => {
  it('lists what it speaks, then goes on', () => {
    const supported = new Map([
      ['/a', 1],
      ['/b', 2]
    ])
    const play = new Play(listener(supported))
    play.said()
    expect(play.feed(concat([header, ls]))).toEqual(encodeListing(['/a', '/b']))
    expect(play.feed(encodeLine('/b'))).toEqual(encodeLine('/b'))
    expect(play.outcome).toEqual({ value: '/b' })
  })

  it('asks a matcher', () => {
    const play = new Play(listener({ has: p => p.startsWith('/chat/1.'), keys: () => ['/chat/1.0.0'] }))
    play.feed(concat([header, encodeLine('/chat/2.0.0'), encodeLine('/chat/1.3.0')]))
    expect(play.outcome).toEqual({ value: '/chat/1.3.0' })
  })

  it('answers a dialer that waits for the header before it proposes', () => {
    const play = new Play(listener(new Set(['/a'])))
    expect(play.said()).toEqual(header)
    expect(play.feed(header)).toHaveLength(0)
    expect(play.feed(encodeLine('/a'))).toEqual(encodeLine('/a'))
  })

  it('stops listing, so that short questions do not make long answers for ever', () => {
    const play = new Play(listener(new Set(['/a'])))
    play.feed(header)
    for (let i = 0; i < MAX_LISTINGS; i++) play.feed(ls)
    expect(play.outcome).toBeUndefined()
    play.feed(ls)
    expect(play.outcome).toMatchObject({ error: { code: 'too-many-listings' } })
  })

  it('stops after so many proposals', () => {
    const play = new Play(listener(new Set(['/a'])))
    play.feed(header)
    for (let i = 1; i < MAX_PROPOSALS; i++) expect(play.feed(encodeLine('/x'))).toEqual(na)
    expect(play.outcome).toBeUndefined()
    play.feed(encodeLine('/x'))
    expect(play.outcome).toMatchObject({ error: { code: 'too-many-proposals' } })
  })
})

describe('the dialer', () => {
  it('sends header and first proposal as one', () => {
    const play = new Play(dialer(['/a', '/b']))
    expect(play.sent).toEqual([encodeOpening('/a')])
  })
})

function cut(bytes: Uint8Array, sizes: number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0, i = 0; at < bytes.byteLength; i++) {
    const size = sizes[i % sizes.length] as number
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}
