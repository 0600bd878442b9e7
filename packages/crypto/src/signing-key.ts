import type { AbortOptions, KeyType, PublicKey } from '@ts-libp2p/interface'
import { type Data, toBytes } from './data.ts'
import { inspectAsText } from './inspect.ts'

export type Signer = (data: Uint8Array) => Uint8Array | Promise<Uint8Array>

/** What the private keys of all types share. The secret shows only to who asks for `raw`. */
export class SigningKey<Type extends KeyType, Public extends PublicKey> {
  readonly type: Type
  readonly publicKey: Public
  readonly #raw: Uint8Array
  readonly #signer: Signer

  /** `raw` is the callee's to keep. */
  constructor(publicKey: Public, raw: Uint8Array, signer: Signer) {
    this.type = publicKey.type as Type
    this.publicKey = publicKey
    this.#raw = raw
    this.#signer = signer
  }

  static {
    inspectAsText(SigningKey.prototype)
  }

  /** A copy of the secret. */
  get raw(): Uint8Array {
    return this.#raw.slice()
  }

  sign(data: Data, options?: AbortOptions): Uint8Array | Promise<Uint8Array> {
    options?.signal?.throwIfAborted()
    return this.#signer(toBytes(data))
  }

  /** True for any private key, of this package or another, that has the same public key. */
  equals(key?: unknown): boolean {
    const { publicKey, sign } = (key ?? {}) as { publicKey?: unknown; sign?: unknown }
    return typeof sign === 'function' && this.publicKey.equals(publicKey)
  }

  toString(): string {
    return `${this.type} private key of ${this.publicKey} (redacted)`
  }

  toJSON(): string {
    return this.toString()
  }
}
