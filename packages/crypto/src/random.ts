import type { Random } from '@ts-libp2p/interface'
import { MAX_RANDOM_CALL_BYTES } from './limits.ts'

/** The platform's cryptographic randomness. */
export const systemRandom: Random = {
  bytes(length: number): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(length)
    for (let at = 0; at < length; at += MAX_RANDOM_CALL_BYTES) {
      crypto.getRandomValues(out.subarray(at, at + MAX_RANDOM_CALL_BYTES))
    }
    return out
  },

  float(): number {
    const [high, low] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number]
    // 27 bits and 26 bits: the 53 that a double in [0, 1) holds evenly spaced.
    return ((high >>> 5) * 0x400_0000 + (low >>> 6)) / 0x20_0000_0000_0000
  }
}
