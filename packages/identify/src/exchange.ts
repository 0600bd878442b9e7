import type { AbortOptions, Connection, Multiaddr, Stream } from '@ts-libp2p/interface'
import { StreamReader, sendAll, toError } from '@ts-libp2p/stream'
import { IdentifyError } from './errors.ts'
import { MAX_READ_MESSAGE_BYTES } from './limits.ts'
import { type IdentifyMessage, mergeMessages, type SplitMessage, wireForm } from './message.ts'

export const IDENTIFY_PROTOCOL = '/ipfs/id/1.0.0'
export const IDENTIFY_PUSH_PROTOCOL = '/ipfs/id/push/1.0.0'

/** Sends an answer, or a push, and ends our side of the stream. */
export async function sendMessage(
  stream: Stream,
  message: SplitMessage,
  observed: Multiaddr | undefined,
  options: AbortOptions
): Promise<void> {
  if (!sendAll(stream, wireForm(message, observed?.bytes))) await stream.onDrain(options)
  await stream.close(options)
}

/**
 * Reads everything up to the remote's end, as one message. Throws an `IdentifyError` (`too-large`, `malformed`, `empty`)
 * or what the stream fails with.
 */
export async function readMessages(
  stream: Stream,
  maxMessages: number,
  options: AbortOptions
): Promise<IdentifyMessage> {
  const reader = new StreamReader(stream)
  const messages: Uint8Array[] = []
  for (;;) {
    const message = await readOne(reader, options)
    if (message === undefined) break
    if (messages.length === maxMessages) {
      throw new IdentifyError('too-large', `an answer of more than ${maxMessages} messages`)
    }
    messages.push(message)
  }
  if (messages.length === 0) throw new IdentifyError('empty', 'the stream ended before the first message')
  return mergeMessages(messages)
}

/** The error of an exchange that failed, as callers see it. */
export function failureOf(err: unknown, { remotePeer }: Connection): unknown {
  const { name, message } = toError(err)
  if (name === 'IdentifyError' || name === 'UnsupportedProtocolError') return err
  return new IdentifyError('stream-failed', `the exchange with ${remotePeer} failed: ${message}`, { cause: err })
}

async function readOne(reader: StreamReader, options: AbortOptions): Promise<Uint8Array | undefined> {
  try {
    return await reader.readMessageOrEnd({ ...options, limitBytes: MAX_READ_MESSAGE_BYTES })
  } catch (cause) {
    const { name, message } = toError(cause)
    if (name !== 'BytesError') throw cause
    const code = (cause as { code?: string }).code === 'too-large' ? 'too-large' : 'malformed'
    throw new IdentifyError(code, message, { cause })
  }
}
