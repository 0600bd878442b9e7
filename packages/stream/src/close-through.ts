import type { AbortOptions, MessageStream, Undo } from '@ts-libp2p/interface'

/**
 * Closes the stream above, and by that this one; resolves when both are. Undefined when that is under way or over: then
 * this stream is closed as it stands.
 */
export type CloseAbove = (options?: AbortOptions) => Promise<void> | undefined

interface Closable extends MessageStream {
  closeThrough(above: CloseAbove): Undo
}

/**
 * Has `close()` of a connection close what stands on it first. js-libp2p closes connections at the bottom, and what the
 * layers above still hold would be lost.
 *
 * On a stream of another make `close` is replaced.
 */
export function closeThrough(stream: MessageStream, above: CloseAbove): Undo {
  if (typeof (stream as Partial<Closable>).closeThrough === 'function') return (stream as Closable).closeThrough(above)
  const close = stream.close.bind(stream)
  let current: CloseAbove | undefined = above
  stream.close = async options => await (current?.(options) ?? close(options))
  return () => {
    current = undefined
  }
}
