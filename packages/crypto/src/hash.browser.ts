import type { Data } from './data.ts'
import type { Sha256 } from './hash.ts'
import { PureSha256 } from './sha256.ts'

/** 32 bytes. WebCrypto's is behind a promise, which peer ids cannot wait for. */
export function sha256(data: Data): Uint8Array {
  return new PureSha256().update(data).digest()
}

export function createSha256(): Sha256 {
  return new PureSha256()
}
