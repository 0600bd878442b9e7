import { concat } from '@ts-libp2p/bytes'
import { ByteStream, type ByteStreamInit, defer } from '@ts-libp2p/stream'

/** A stream with a test in place of the layer below. */
export interface BareStream {
  readonly stream: ByteStream
  /** What left the stream; that of one tick together. */
  readonly writes: Uint8Array[]
  /** Set to false, what is sent waits and the stream fills. */
  flows: boolean
  /** Why the stream was aborted, if it was. */
  readonly aborts: Error[]
  /** How often the stream ended its side: once at most. */
  ends: number
}

/**
 * An outbound stream whose other end is the test: feed it with `stream.receive(bytes)`, see what it sends in `writes`.
 * For two ends see `streamPair`.
 */
export function bareStream(options: Omit<Partial<ByteStreamInit>, 'owner' | 'direction'> = {}): BareStream {
  let isDue = false
  const move = (): void => {
    isDue = false
    if (!self.flows) return
    const chunks: Uint8Array[] = []
    if (stream.pull(chunks, Number.MAX_SAFE_INTEGER) > 0) self.writes.push(concat(chunks))
    if (!stream.isFinQueued) return
    self.ends++
    stream.finSent()
  }
  const stream = new ByteStream({
    ...options,
    direction: 'outbound',
    owner: {
      queued() {
        if (!isDue) defer(move)
        isDue = true
      },
      aborted: (_, err) => self.aborts.push(err),
      ended() {}
    }
  })
  const self: BareStream = { stream, writes: [], flows: true, aborts: [], ends: 0 }
  return self
}
