import { type MessageStreamDirection, StreamResetError } from '@ts-libp2p/interface'
import { defer } from '#defer'
import type { ByteStream } from './byte-stream.ts'
import type { StreamOwner } from './owner.ts'

/** Bytes moved at once from one end to the other. One full yamux frame. */
const MAX_CHUNK_BYTES: number = 64 * 1024

/**
 * Links two streams in one process: what one sends the other receives, with backpressure, half-close and reset. It
 * stands under the memory transport, and under tests in place of a socket.
 *
 * @example
 * const [a, b] = linkPair(end => new ByteStream(end))
 * a.send(bytes)
 * for await (const chunk of b) …
 */
export function linkPair<S extends ByteStream>(
  create: (end: { owner: StreamOwner; direction: MessageStreamDirection }) => S
): [S, S] {
  const left = new LinkEnd()
  const right = new LinkEnd()
  left.far = right
  right.far = left
  const a = create({ owner: left, direction: 'outbound' })
  const b = create({ owner: right, direction: 'inbound' })
  left.stream = a
  right.stream = b
  return [a, b]
}

class LinkEnd implements StreamOwner {
  far!: LinkEnd
  stream!: ByteStream
  private isReading = true
  private isDue = false

  queued(): void {
    if (this.isDue) return
    this.isDue = true
    defer(() => {
      this.isDue = false
      this.move()
    })
  }

  reading(_: ByteStream, wanted: boolean): void {
    this.isReading = wanted
    if (wanted) this.far.queued()
  }

  aborted(_: ByteStream, err: Error): void {
    const reset = new StreamResetError(`the far side aborted: ${err.message}`, { cause: err })
    defer(() => this.far.stream.receiveReset(reset))
  }

  ended(): void {}

  private move(): void {
    const { stream, far } = this
    while (far.isReading && stream.hasQueued && !stream.isFinQueued) {
      const chunks: Uint8Array[] = []
      stream.pull(chunks, MAX_CHUNK_BYTES)
      for (const chunk of chunks) far.stream.receive(chunk)
    }
    if (!stream.isFinQueued) return
    stream.finSent()
    far.stream.receiveEnd()
  }
}
