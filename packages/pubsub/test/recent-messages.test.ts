import { fromUtf8 } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messageIds } from '../src/ids.ts'
import { MAX_RECENT_BYTES, MAX_RECENT_MESSAGES } from '../src/limits.ts'
import { MessageReader } from '../src/message-reader.ts'
import { StrictNoSign } from '../src/policy.ts'
import { RecentMessages } from '../src/recent-messages.ts'
import { RoutedMessage } from '../src/routed-message.ts'
import { encodeMessage } from '../src/wire-message.ts'

function message(data: Uint8Array): RoutedMessage {
  const made = new RoutedMessage(encodeMessage({ topic: 'news', data }), () => undefined)
  made.id = `id of ${data.byteLength} bytes`
  return made
}

describe('recent messages', () => {
  it('are recognised by all of their bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (data, at, flip) => {
        const recent = new RecentMessages()
        const first = message(data)
        recent.add(first)
        const { bytes } = encodeMessage({ topic: 'news', data })
        expect(recent.find(bytes)).toBe(first)
        const place = at % bytes.byteLength
        bytes[place] = (bytes[place] as number) ^ flip
        expect(recent.find(bytes)).toBeUndefined()
      })
    )
  })

  it('are not confused when they look alike', () => {
    const recent = new RecentMessages()
    const [one, other] = [1, 2].map(value => {
      const data = new Uint8Array(4000)
      // Between two of the bytes that are looked at.
      data[1001] = value
      return message(data)
    }) as [RoutedMessage, RoutedMessage]
    recent.add(one)
    expect(recent.find(other.wire.bytes)).toBeUndefined()
    recent.add(other)
    expect(recent.find(other.wire.bytes)).toBe(other)
    expect(recent.find(one.wire.bytes)).toBeUndefined()
  })

  it('are as many, and as much, as may be: the oldest go first', () => {
    const recent = new RecentMessages()
    const small = Array.from({ length: MAX_RECENT_MESSAGES + 1 }, (_, i) => message(fromUtf8(`message ${i}`)))
    for (const each of small) recent.add(each)
    expect(small.map(({ wire }) => recent.find(wire.bytes)).filter(found => found === undefined)).toHaveLength(1)
    expect(recent.find(small[0]!.wire.bytes)).toBeUndefined()
    const large = [1, 2, 3].map(value => message(new Uint8Array(MAX_RECENT_BYTES / 2 - 100).fill(value)))
    for (const each of large) recent.add(each)
    expect(large.map(({ wire }) => recent.find(wire.bytes))).toEqual([undefined, large[1], large[2]])
    recent.add(message(new Uint8Array(MAX_RECENT_BYTES)))
    expect(recent.find(large[2]!.wire.bytes)).toBe(large[2])
  })
})

describe('a reader of messages whose names take work', () => {
  it('names a message once, and knows its copies', () => {
    const known = new Set<string>()
    let named = 0
    const reader = new MessageReader({
      policy: StrictNoSign,
      msgIdFn: given => {
        named++
        return messageIds.default(given) as Uint8Array
      },
      recognises: id => known.has(id)
    })
    const bytes = encodeMessage({ topic: 'news', data: fromUtf8('something') }).bytes
    const first = reader.read(bytes) as RoutedMessage
    expect(first.frame.byteLength).toBeGreaterThan(0)
    // Seen, but not accepted: it may be read again.
    expect(reader.read(bytes.slice())).toMatchObject({ id: first.id })
    expect(named).toBe(2)
    known.add(first.id)
    expect(reader.read(bytes.slice())).toEqual({ topic: 'news', copyOf: first.id })
    expect(named).toBe(2)
  })
})
