import { concat } from '@ts-libp2p/bytes'
import type { MessageStream } from '@ts-libp2p/interface'
import { ByteStream, defer } from '@ts-libp2p/stream'

/** A stream with a test in place of the layer below: `writes` holds what left together, `ends` counts our FINs. */
export interface Wire {
  stream: ByteStream
  writes: Uint8Array[]
  /** False: what is sent waits, and the stream fills. */
  flows: boolean
  aborts: Error[]
  ends: number
}

export function wire(init: { lendsBuffers?: boolean } = {}): Wire {
  let isDue = false
  const move = (): void => {
    isDue = false
    if (!self.flows) return
    const chunks: Uint8Array[] = []
    if (self.stream.pull(chunks, Number.MAX_SAFE_INTEGER) > 0) self.writes.push(concat(chunks))
    if (!self.stream.isFinQueued) return
    self.ends++
    self.stream.finSent()
  }
  const stream = new ByteStream({
    ...init,
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
  const self: Wire = { stream, writes: [], flows: true, aborts: [], ends: 0 }
  return self
}

/** The same stream without what only ours have: read through its events, as one of another make is. */
export function foreign(stream: ByteStream): MessageStream {
  return new Proxy(stream, {
    get(target, key) {
      if (key === 'attach' || key === 'detach' || key === 'sendAll') return undefined
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
}

export async function readAll(stream: ByteStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return concat(chunks)
}
