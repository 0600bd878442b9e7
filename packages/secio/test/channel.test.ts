import { concat, fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import type { MessageStream } from '@ts-libp2p/interface'
import { type ByteStream, StreamReader } from '@ts-libp2p/stream'
import { collect, connectionPair, expectBytes, SeededRandom, settle } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { OpeningBox, SealingBox } from '../src/box.ts'
import { secioChannel } from '../src/channel.ts'
import { lengthIn } from '../src/dialogue.ts'
import { MAX_FRAME_BYTES, MAX_PLAINTEXT_BYTES, stretch } from '../src/index.ts'

const random = new SeededRandom('secio channel')
const [ours, theirs] = stretch('AES-256', 'SHA256', new Uint8Array(32).fill(1))
const TAG = 32

function channel(raw: MessageStream): ByteStream {
  return secioChannel(raw, { send: new SealingBox(ours, 'SHA256'), receive: new OpeningBox(theirs, 'SHA256') }).stream
}

/** What the remote would send, message by message. */
function remote(): (plaintext: Uint8Array) => Uint8Array {
  const box = new SealingBox(theirs, 'SHA256')
  return plaintext => {
    const out: Uint8Array[] = []
    box.sealTo(out, [plaintext], plaintext.byteLength)
    return concat(out)
  }
}

describe('what arrives', () => {
  it('is read as one message of any size that the spec allows, and does not harm a reader that sleeps', async () => {
    const [a, b] = connectionPair({ maxReadBufferLength: 32 * 1024 * 1024, maxWriteBufferLength: 32 * 1024 * 1024 })
    const stream = channel(a)
    const bytes = random.bytes(MAX_FRAME_BYTES - TAG)
    b.send(remote()(bytes))
    while (stream.readBufferLength === 0) await settle()
    for (let turns = 0; turns < 20; turns++) await settle()
    expect(stream.status).toBe('open')
    expectBytes(await new StreamReader(stream).read(bytes.byteLength), bytes)
  })

  it('is refused as soon as a length is over 8 MiB', async () => {
    const [a, b] = connectionPair()
    const stream = channel(a)
    b.send(concat([remote()(fromUtf8('before')), Uint8Array.of(0, 0x80, 0, 0)]))
    const reader = new StreamReader(stream)
    expect(toUtf8(await reader.read(6))).toBe('before')
    await expect(reader.read(1)).rejects.toMatchObject({ name: 'SecioError', code: 'frame-too-large' })
    expect(a.status).toBe('aborted')
  })

  it.each([0, 1, TAG - 1])('is refused when it is shorter than a MAC (%i bytes)', async length => {
    const [a, b] = connectionPair()
    const stream = channel(a)
    b.send(concat([Uint8Array.of(0, 0, 0, length), new Uint8Array(length)]))
    await expect(collect(stream)).rejects.toMatchObject({ name: 'SecioError', code: 'authentication-failed' })
  })

  it('may be empty, and that is not the end', async () => {
    const [a, b] = connectionPair()
    const stream = channel(a)
    const say = remote()
    b.send(concat([say(fromUtf8('a')), say(new Uint8Array(0)), say(fromUtf8('b'))]))
    await b.close()
    expect(toUtf8(await collect(stream))).toBe('ab')
  })

  it.each([1, 3, 4, 20])('is a cut when the remote ends within a message (after %i bytes)', async length => {
    const [a, b] = connectionPair()
    const stream = channel(a)
    b.send(remote()(fromUtf8('half a sentence')).subarray(0, length))
    await b.close()
    await expect(collect(stream)).rejects.toMatchObject({ name: 'SecioError', code: 'truncated' })
  })
})

describe('what leaves', () => {
  it('in one tick shares messages', async () => {
    const [a, b] = connectionPair()
    const stream = channel(a)
    for (let i = 0; i < 65; i++) stream.send(new Uint8Array(1024))
    const reader = new StreamReader(b)
    for (const length of [MAX_PLAINTEXT_BYTES, 1024]) {
      expect(lengthIn(await reader.read(4))).toBe(length + TAG)
      await reader.read(length + TAG)
    }
  })
})
