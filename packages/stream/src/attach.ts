import { concat } from '@ts-libp2p/bytes'
import type { MessageStream, Undo } from '@ts-libp2p/interface'
import { type Detach, listenTo } from './foreign.ts'
import type { StreamReaderPort } from './owner.ts'

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

/** Sends several buffers as one: without joining them where the stream can, else joined, so that they stay one message. */
export function sendAll(stream: MessageStream, chunks: readonly Uint8Array[]): boolean {
  const gather = (stream as { sendAll?: (chunks: readonly Uint8Array[]) => boolean }).sendAll
  return gather === undefined ? stream.send(concat(chunks)) : gather.call(stream, chunks)
}
