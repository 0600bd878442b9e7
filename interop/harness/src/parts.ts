/** Messages of eight parts, as test-plans' gossipsub-interop has them: a byte of bits says which parts are there. */
import type { Gossipsub } from '@ts-libp2p/gossipsub'
import type { Partial } from '@ts-libp2p/pubsub'

const PARTS = 8
const PART_BYTES = 1024
const ALL = 0xff
const GROUP_BYTES = 8

/** Part `i` of group `g` counts up in 64-bit numbers, big-endian, from `g + 128 i` on. */
function makePart(groupId: number, index: number): Uint8Array {
  const part = new DataView(new ArrayBuffer(PART_BYTES))
  const first = BigInt(groupId) + BigInt((index * PART_BYTES) / 8)
  for (let at = 0; at < PART_BYTES; at += 8) part.setBigUint64(at, first + BigInt(at / 8))
  return new Uint8Array(part.buffer)
}

export function groupBytes(groupId: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(GROUP_BYTES))
  bytes.setBigUint64(0, BigInt(groupId))
  return new Uint8Array(bytes.buffer)
}

export class PartedMessage {
  readonly groupId: Uint8Array
  private readonly parts: (Uint8Array | undefined)[] = Array.from({ length: PARTS }, () => undefined)

  constructor(groupId: Uint8Array) {
    this.groupId = groupId
  }

  /** Bits of the parts that are there. */
  get has(): number {
    return this.parts.reduce((bits, part, i) => (part === undefined ? bits : bits | (1 << i)), 0)
  }

  get isComplete(): boolean {
    return this.has === ALL
  }

  fill(groupId: number, bits: number): void {
    for (let i = 0; i < PARTS; i++) if (bits & (1 << i)) this.parts[i] = makePart(groupId, i)
  }

  /** Parts that somebody lacks who has these, or undefined when we have none of them: bits, the parts, the group. */
  encodeFor(theirs: number): Uint8Array | undefined {
    const bits = this.has & ~theirs
    if (bits === 0) return undefined
    const chosen = this.parts.filter((part, i) => part !== undefined && (bits & (1 << i)) !== 0) as Uint8Array[]
    const out = new Uint8Array(1 + chosen.length * PART_BYTES + GROUP_BYTES)
    out[0] = bits
    for (const [i, part] of chosen.entries()) out.set(part, 1 + i * PART_BYTES)
    out.set(this.groupId, out.length - GROUP_BYTES)
    return out
  }

  /** Takes what `encodeFor` made. False for anything else, and when nothing is new. */
  take(message: Uint8Array): boolean {
    const [bits = 0] = message
    const numbers = Array.from({ length: PARTS }, (_, i) => i).filter(i => bits & (1 << i))
    if (message.length !== 1 + numbers.length * PART_BYTES + GROUP_BYTES) return false
    const before = this.has
    for (const [at, number] of numbers.entries()) {
      this.parts[number] ??= message.slice(1 + at * PART_BYTES, 1 + (at + 1) * PART_BYTES)
    }
    return this.has !== before
  }
}

/** What we know of a peer's parts of a message. */
interface Share {
  /** Bits of those that it has, or will have. */
  readonly theirs: number | undefined
  /** Bits of ours that it was told of. */
  readonly told: number | undefined
}

const NOTHING_KNOWN: Share = { theirs: undefined, told: undefined }

/** An application that completes its messages together with its peers. */
export class PartedMessages {
  private readonly messages = new Map<string, PartedMessage>()
  private readonly onComplete: (message: PartedMessage) => void

  constructor(onComplete: (message: PartedMessage) => void = () => {}) {
    this.onComplete = onComplete
  }

  of(topic: string, groupId: Uint8Array): PartedMessage {
    const key = `${topic} ${groupId}`
    const message = this.messages.get(key) ?? new PartedMessage(groupId.slice())
    this.messages.set(key, message)
    return message
  }

  /** To each what it lacks as far as we know, and what we have when that is news. By default to everybody. */
  send(pubsub: Gossipsub, topic: string, message: PartedMessage, to?: readonly string[]): void {
    pubsub.publishPartial<Share>(topic, message.groupId, (states, requestsPartial) => {
      const peers = to ?? [...states.keys()]
      return peers.flatMap(peer => {
        const { theirs, told } = states.get(peer) ?? NOTHING_KNOWN
        const parts = theirs !== undefined && requestsPartial(peer) ? message.encodeFor(theirs) : undefined
        const isNews = told !== message.has
        if (parts === undefined && !isNews) return []
        states.set(peer, { theirs: parts === undefined ? theirs : (theirs ?? 0) | message.has, told: message.has })
        const metadata = isNews ? { metadata: Uint8Array.of(message.has) } : {}
        return [{ peer, ...(parts === undefined ? {} : { message: parts }), ...metadata }]
      })
    })
  }

  /** What `onPartial` is given. */
  receive(pubsub: Gossipsub, from: string, partial: Partial, states: Map<string, unknown>): void {
    const message = this.of(partial.topic, partial.groupId)
    const share = (states.get(from) as Share | undefined) ?? NOTHING_KNOWN
    const [theirs] = partial.metadata ?? []
    if (theirs !== undefined) states.set(from, { ...share, theirs: (share.theirs ?? 0) | theirs })
    const isExtended = partial.message !== undefined && message.take(partial.message)
    if (isExtended && message.isComplete) this.onComplete(message)
    // Our neighbours are told of what is new; who has what we lack, or lacks what we have, is told what we have.
    if (isExtended) this.send(pubsub, partial.topic, message)
    if (theirs !== undefined && theirs !== message.has) this.send(pubsub, partial.topic, message, [from])
  }
}
