import { fromUtf8 } from '@ts-libp2p/bytes'
import { generateKeyPair, publicKeyToProtobuf, type VerifierThread } from '@ts-libp2p/crypto'
import { peerIdFromPublicKey, peerIdToBytes } from '@ts-libp2p/peer-id'
import { describe, expect, it } from 'vitest'
import { PeerLink } from '../src/link.ts'
import { Receiver } from '../src/receiver.ts'
import { RoutedMessage } from '../src/routed-message.ts'
import type { Input } from '../src/router.ts'
import { encodeMessage, signingInput, withSignature } from '../src/wire-message.ts'

const key = await generateKeyPair('Ed25519')
const { publicKey } = key
const peerId = peerIdFromPublicKey(publicKey)
const author = { peerId, publicKey, keyBytes: publicKeyToProtobuf(publicKey), text: peerId.toString() }

/** Signed, rightly or not. */
async function message(number: number, isValid: boolean): Promise<RoutedMessage> {
  const plain = encodeMessage({ topic: 'news', data: fromUtf8(String(number)), from: peerIdToBytes(peerId) })
  const signature = await key.sign(signingInput(plain))
  if (!isValid) signature[0]! ^= 1
  const routed = new RoutedMessage(withSignature(plain, { signature }), () => author)
  routed.id = String(number)
  return routed
}

/** Takes what `takes` says, and answers when it is told to. */
class Thread implements VerifierThread {
  readonly waiting: (() => Promise<void>)[] = []
  isClosed = false
  private readonly takes: (call: number) => boolean
  private calls = 0

  constructor(takes: (call: number) => boolean) {
    this.takes = takes
  }

  take(...[{ key, data, signature }, answer]: Parameters<VerifierThread['take']>): boolean {
    if (!this.takes(this.calls++)) return false
    const joined = Uint8Array.from(data.flatMap(piece => [...piece]))
    this.waiting.push(async () => answer(await key.verify(joined, signature)))
    return true
  }

  async answerAll(): Promise<void> {
    for (const answer of this.waiting.splice(0)) await answer()
  }

  async close(): Promise<void> {
    this.isClosed = true
  }
}

function receiving(thread: Thread) {
  const inputs: Input[] = []
  const link = new PeerLink({ peerId, maxMessageSize: 1000 } as never)
  const held = { count: 0 }
  link.hold = () => {
    held.count++
    return () => held.count--
  }
  const receiver = new Receiver({ tell: (input: Input) => inputs.push(input), verifierThread: () => thread } as never)
  receiver.start()
  const verified = (): unknown[] =>
    inputs.flatMap(one => (one.type === 'verified' ? [[one.message.id, one.isValid]] : []))
  return { receiver, link, held, verified }
}

describe('signatures that another thread checks', () => {
  const expected = Array.from({ length: 10 }, (_, i) => [String(i), i !== 4 && i !== 7])
  const messages = Promise.all(expected.map(([, isValid], i) => message(i, isValid as boolean)))

  it.each([
    ['none', () => false],
    ['all', () => true],
    ['every third', (call: number) => call % 3 === 0],
    ['all but every third', (call: number) => call % 3 !== 0]
  ])('are answered in the order in which a peer sent them: it takes %s', async (_, takes) => {
    const thread = new Thread(takes)
    const { receiver, link, held, verified } = receiving(thread)
    for (const one of await messages) receiver.verify(link, one)
    expect(thread.waiting).toHaveLength(expected.filter((_, i) => takes(i)).length)
    const first = expected.findIndex((_, i) => takes(i))
    // Browsers check behind a promise what is checked here.
    await expect.poll(verified).toEqual(first < 0 ? expected : expected.slice(0, first))
    expect(held.count).toBe(first < 0 ? 0 : expected.length - first)
    await thread.answerAll()
    await expect.poll(verified).toEqual(expected)
    expect(held.count).toBe(0)
  })

  it('are checked here before it is used and afterwards', async () => {
    const thread = new Thread(() => true)
    const { receiver, link, verified } = receiving(thread)
    await receiver.stop()
    expect(thread.isClosed).toBe(true)
    for (const one of await messages) receiver.verify(link, one)
    await expect.poll(verified).toEqual(expected)
  })
})
