import { concat } from '@ts-libp2p/bytes'
import { MAX_GATHERED_BYTES } from './limits.ts'

/**
 * Makes messages of chunks. A message costs its header and a callback at the far side, so small neighbours are copied
 * together; large ones are passed on as they are.
 */
export function gather(chunks: readonly Uint8Array[]): Uint8Array[] {
  const messages: Uint8Array[] = []
  for (let at = 0; at < chunks.length; ) {
    const end = endOfRun(chunks, at)
    messages.push(end - at === 1 ? (chunks[at] as Uint8Array) : concat(chunks.slice(at, end)))
    at = end
  }
  return messages
}

/** As many chunks as fit together, at least one. */
function endOfRun(chunks: readonly Uint8Array[], start: number): number {
  let end = start
  let bytes = 0
  do {
    bytes += (chunks[end] as Uint8Array).byteLength
    end++
  } while (end < chunks.length && bytes + (chunks[end] as Uint8Array).byteLength <= MAX_GATHERED_BYTES)
  return end
}
