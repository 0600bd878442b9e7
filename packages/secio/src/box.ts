import { concat } from '@ts-libp2p/bytes'
import { type Hash, TAG_BYTES } from './algorithms.ts'
import { type Ctr, createCtr, hmac } from './ciphers.ts'
import { SecioError } from './errors.ts'
import { LENGTH_BYTES } from './limits.ts'
import type { Keys } from './stretch.ts'

/** One direction of a session: messages are numbered by nothing but the keystream, so none may be lost or changed. */
abstract class Box {
  protected readonly ctr: Ctr
  protected readonly hash: Hash
  protected readonly macKey: Uint8Array

  constructor({ cipherKey, iv, macKey }: Keys, hash: Hash) {
    this.ctr = createCtr(cipherKey, iv)
    this.hash = hash
    this.macKey = macKey
  }
}

export class SealingBox extends Box {
  /** Encrypts the chunks as one message and appends it to `out`, its length before it. */
  sealTo(out: Uint8Array[], chunks: readonly Uint8Array[], length: number): void {
    const header = new Uint8Array(LENGTH_BYTES)
    new DataView(header.buffer).setUint32(0, length + TAG_BYTES[this.hash])
    const ciphertext = this.ctr.apply(chunks.length === 1 ? (chunks[0] as Uint8Array) : concat(chunks))
    out.push(header, ciphertext, hmac(this.hash, this.macKey, [ciphertext]))
  }
}

export class OpeningBox extends Box {
  /** The plaintext, in an array of its own. Throws a `SecioError` (`authentication-failed`), and is then of no more use. */
  open(frame: Uint8Array): Uint8Array {
    const at = frame.byteLength - TAG_BYTES[this.hash]
    if (at < 0) throw new SecioError('authentication-failed', `a message of ${frame.byteLength} bytes has no MAC`)
    const ciphertext = frame.subarray(0, at)
    if (!equalInConstantTime(frame.subarray(at), hmac(this.hash, this.macKey, [ciphertext]))) {
      throw new SecioError('authentication-failed', 'a message was changed, repeated or lost on its way')
    }
    return this.ctr.apply(ciphertext)
  }
}

/** Takes as long wherever they differ. */
function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.byteLength ^ b.byteLength
  for (let i = 0; i < b.byteLength; i++) difference |= (a[i] as number) ^ (b[i] as number)
  return difference === 0
}
