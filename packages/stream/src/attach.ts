import { concat } from '@ts-libp2p/bytes'
import type { MessageStream, StreamCloseEvent, StreamMessageEvent, Undo } from '@ts-libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import type { StreamReaderPort } from './owner.ts'

/** Ends an attachment; bytes read too far go back to the stream. */
export type Detach = (leftover?: Uint8Array) => void

interface Attachable extends MessageStream {
  attach(reader: StreamReaderPort): void
  detach(reader: StreamReaderPort, leftover?: Uint8Array): void
  holdEnd(): Undo
}

/** True for streams that readers can take turns on: ours. Others are read through their events. */
export function isAttachable(stream: MessageStream): stream is Attachable {
  const s = stream as Partial<Attachable>
  return typeof s.attach === 'function' && typeof s.detach === 'function'
}

/** Reads a stream by direct calls: attached to one of ours, through its events to any other. */
export function attachReader(stream: MessageStream, reader: StreamReaderPort): Detach {
  if (!isAttachable(stream)) return listenTo(stream, reader)
  stream.attach(reader)
  return leftover => stream.detach(reader, leftover)
}

function listenTo(stream: MessageStream, reader: StreamReaderPort): Detach {
  const onMessage = (event: StreamMessageEvent): void => reader.receive(flatten(event.data))
  const onEnd = (): void => reader.end()
  const onClose = (event: StreamCloseEvent): void => {
    stopListening()
    reader.closed(event.error)
  }
  const stopListening = (): void => {
    stream.removeEventListener('message', onMessage)
    stream.removeEventListener('remoteCloseWrite', onEnd)
    stream.removeEventListener('close', onClose)
  }
  stream.addEventListener('message', onMessage)
  stream.addEventListener('remoteCloseWrite', onEnd)
  stream.addEventListener('close', onClose)
  return leftover => {
    stopListening()
    if (leftover !== undefined && leftover.byteLength > 0) stream.unshift(leftover)
  }
}

/** Sends several buffers as one: without joining them where the stream can, else joined, so that they stay one message. */
export function sendAll(stream: MessageStream, chunks: readonly Uint8Array[]): boolean {
  const gather = (stream as { sendAll?: (chunks: readonly Uint8Array[]) => boolean }).sendAll
  return gather === undefined ? stream.send(concat(chunks)) : gather.call(stream, chunks)
}

/** One array of what may be a list of them: the array itself, or a copy. */
export function flatten(data: Uint8Array | Uint8ArrayList): Uint8Array {
  return data instanceof Uint8Array ? data : data.subarray()
}
