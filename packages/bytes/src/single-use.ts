/** What was marked. Weak, so that a buffer which is never freed here goes the way of all others. */
const marked = /* @__PURE__ */ new WeakSet<ArrayBufferLike>()

/**
 * Says that nobody will look at these bytes once they were written: ciphertext on its way to a socket. They must fill
 * their buffer.
 */
export function markSingleUse(bytes: Uint8Array): void {
  marked.add(bytes.buffer)
}

/**
 * Frees what was marked among bytes that were written, so that the next message finds memory that the processor still
 * has in its cache. Garbage collection would let 32 MB gather first, and then mark the whole heap to find them.
 *
 * A view of less than its buffer is left alone, since the rest may be still to be written, and so is everything where
 * the platform cannot free a buffer (Node 20).
 */
export function freeSingleUse(chunks: readonly Uint8Array[]): void {
  for (const { buffer, byteLength } of chunks) {
    if (byteLength === buffer.byteLength && marked.delete(buffer)) (buffer as Freeable).transfer?.(0)
  }
}

/** ES2024. What is moved into no bytes is freed. */
interface Freeable {
  transfer?(newByteLength: number): unknown
}
