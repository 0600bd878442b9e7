import { concat } from '@ts-libp2p/bytes'
import { ByteStream, defer } from '@ts-libp2p/stream'

/** A stream with a test in place of the layer below: `writes` holds what left together, `ends` counts our FINs. */
export interface Wire {
  stream: ByteStream
  writes: Uint8Array[]
  aborts: Error[]
  ends: number
}

export function wire(): Wire {
  let isDue = false
  const move = (): void => {
    isDue = false
    const chunks: Uint8Array[] = []
    if (self.stream.pull(chunks, Number.MAX_SAFE_INTEGER) > 0) self.writes.push(concat(chunks))
    if (!self.stream.isFinQueued) return
    self.ends++
    self.stream.finSent()
  }
  const stream = new ByteStream({
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
  const self: Wire = { stream, writes: [], aborts: [], ends: 0 }
  return self
}

export async function readAll(stream: ByteStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return concat(chunks)
}
