import type { Data } from './data.ts'

export { createSha256, sha256 } from '#hash'

/** SHA-256 of bytes that come in pieces. `digest()` ends it. */
export interface Sha256 {
  update(data: Data): this
  /** 32 bytes. */
  digest(): Uint8Array
}
