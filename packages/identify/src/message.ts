import { concat, encodeVarint } from '@ts-libp2p/bytes'
import { IdentifyError } from './errors.ts'
import { MAX_MESSAGES, MAX_OBSERVED_ADDR_BYTES, MAX_SENT_MESSAGE_BYTES } from './limits.ts'
import { Identify } from './pb/identify.js'

/** An answer as it is on the wire. What is absent was not said. */
export interface IdentifyMessage {
  readonly publicKey?: Uint8Array
  readonly listenAddrs?: readonly Uint8Array[]
  readonly protocols?: readonly string[]
  readonly observedAddr?: Uint8Array
  readonly protocolVersion?: string
  readonly agentVersion?: string
  readonly signedPeerRecord?: Uint8Array
}

/**
 * An answer, split so that every message is small enough for every implementation, and so that the part which differs
 * per connection can be added last: the observed address goes into the first message.
 */
export interface SplitMessage {
  /** The first message, without its length. Room for the observed address is left. */
  readonly head: Uint8Array
  /** The other messages, each with its length before it. */
  readonly tail: Uint8Array
  /** Addresses and protocols that did not fit into all of them. */
  readonly dropped: number
}

/** Room for the observed address in the first message: its bytes, a tag and a length. */
const OBSERVED_FIELD_BYTES = MAX_OBSERVED_ADDR_BYTES + 3

/**
 * Splits an answer over messages of at most 4 KiB. Where one is not enough the signed record, which cannot be cut, gets
 * one of its own, and the addresses and protocols are spread. Concatenated, messages are one message again: that is how
 * protobuf merges.
 */
export function splitMessage(message: Omit<IdentifyMessage, 'observedAddr'>): SplitMessage {
  const { signedPeerRecord, listenAddrs = [], protocols = [], ...fixed } = message
  const record = signedPeerRecord === undefined ? undefined : encode({ signedPeerRecord })
  const parts = [
    encode(fixed),
    ...listenAddrs.map(addr => encode({ listenAddrs: [addr] })),
    ...protocols.map(protocol => encode({ protocols: [protocol] }))
  ]
  const whole = record === undefined ? parts : [...parts, record]
  if (byteLength(whole) <= MAX_SENT_MESSAGE_BYTES - OBSERVED_FIELD_BYTES) {
    return { head: concat(whole), tail: new Uint8Array(0), dropped: 0 }
  }
  const { messages, dropped } = pack(parts, record === undefined ? MAX_MESSAGES : MAX_MESSAGES - 1)
  const [head = new Uint8Array(0), ...others] = messages
  if (record !== undefined) others.push(record)
  return { head, tail: concat(others.flatMap(other => [encodeVarint(other.byteLength), other])), dropped }
}

/** What goes to one connection: the first message with the observed address, then the others. */
export function wireForm({ head, tail }: SplitMessage, observedAddr?: Uint8Array): Uint8Array[] {
  const fits = observedAddr !== undefined && observedAddr.byteLength <= MAX_OBSERVED_ADDR_BYTES
  const observed = fits ? encode({ observedAddr }) : new Uint8Array(0)
  const first = concat([encodeVarint(head.byteLength + observed.byteLength), head, observed])
  return tail.byteLength > 0 ? [first, tail] : [first]
}

/** Merges the messages of an answer. Throws an `IdentifyError` (`malformed`). */
export function mergeMessages(messages: readonly Uint8Array[]): IdentifyMessage {
  try {
    const message = Identify.decode(concat(messages))
    const { listenAddrs, protocols } = message
    return {
      ...message,
      listenAddrs: listenAddrs.length > 0 ? listenAddrs : undefined,
      protocols: protocols.length > 0 ? protocols : undefined
    }
  } catch (cause) {
    throw new IdentifyError('malformed', 'not an identify message', { cause })
  }
}

function encode(fields: IdentifyMessage): Uint8Array {
  return Identify.encode(fields).finish()
}

/** Fills messages with parts, in order. The first has less room. */
function pack(parts: readonly Uint8Array[], maxMessages: number): { messages: Uint8Array[]; dropped: number } {
  const filled: Uint8Array[][] = [[]]
  let left = MAX_SENT_MESSAGE_BYTES - OBSERVED_FIELD_BYTES
  let dropped = 0
  for (const part of parts) {
    if (part.byteLength > left && filled.length < maxMessages) {
      filled.push([])
      left = MAX_SENT_MESSAGE_BYTES
    }
    if (part.byteLength > left) {
      dropped++
      continue
    }
    filled.at(-1)?.push(part)
    left -= part.byteLength
  }
  return { messages: filled.map(group => concat(group)), dropped }
}

function byteLength(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.byteLength, 0)
}
