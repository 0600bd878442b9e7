import type { Random } from '@ts-libp2p/interface'
import { agreement, type Agreement as Backend, generateAgreement } from '#x25519'
import { after } from './after.ts'
import { CryptoError } from './errors.ts'
import { inspectAsText } from './inspect.ts'
import { systemRandom } from './random.ts'

const KEY_BYTES = 32
const REDACTED = 'X25519PrivateKey(redacted)'

/** One end of a Diffie-Hellman agreement. Browsers answer behind a promise. */
interface Agreement {
  readonly publicKey: Uint8Array
  sharedSecret(remotePublicKey: Uint8Array): Uint8Array | Promise<Uint8Array>
}

export interface X25519KeyPair {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  readonly privateKey: X25519PrivateKey
}

/** A handle: the secret within cannot be read, printed or serialised. */
export class X25519PrivateKey {
  readonly #agreement: Agreement

  constructor(agreement: Agreement) {
    this.#agreement = agreement
  }

  sharedSecret(remotePublicKey: Uint8Array): Uint8Array | Promise<Uint8Array> {
    return this.#agreement.sharedSecret(remotePublicKey)
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  static {
    inspectAsText(X25519PrivateKey.prototype)
  }
}

/** A new key pair, from the platform's randomness unless another source is given. Node makes it at once. */
export function x25519KeyPair(random?: Random): X25519KeyPair | Promise<X25519KeyPair> {
  // The platform makes a key faster than it reads one: Node 20 takes 0.1 ms instead of 0.4.
  if (random === undefined || random === systemRandom) return after(generated(), toKeyPair)
  return x25519KeyPairFromPrivate(random.bytes(KEY_BYTES))
}

/** The key pair of a raw private key of 32 bytes (RFC 7748). Throws a `CryptoError` (`invalid-key`). */
export function x25519KeyPairFromPrivate(raw: Uint8Array): X25519KeyPair | Promise<X25519KeyPair> {
  if (raw.byteLength !== KEY_BYTES) throw wrongLength('private', raw)
  return after(imported(new Uint8Array(raw)), toKeyPair)
}

/**
 * The 32 bytes that both ends arrive at (RFC 7748 §6.1). Throws a `CryptoError`: `invalid-key` for a remote key of
 * another length, `bad-shared-secret` where the result would be all zero, which a remote can force upon anyone.
 * In browsers the latter comes as a rejection.
 */
export function x25519SharedSecret(
  privateKey: X25519PrivateKey,
  remotePublicKey: Uint8Array
): Uint8Array | Promise<Uint8Array> {
  if (remotePublicKey.byteLength !== KEY_BYTES) throw wrongLength('public', remotePublicKey)
  return privateKey.sharedSecret(remotePublicKey)
}

const generated: () => Backend | Promise<Backend> = generateAgreement
const imported: (raw: Uint8Array) => Backend | Promise<Backend> = agreement

function toKeyPair(made: Agreement): X25519KeyPair {
  return { publicKey: made.publicKey, privateKey: new X25519PrivateKey(made) }
}

function wrongLength(which: string, raw: Uint8Array): CryptoError {
  return new CryptoError('invalid-key', `an X25519 ${which} key has ${KEY_BYTES} bytes, not ${raw.byteLength}`)
}
