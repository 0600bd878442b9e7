import { createCipheriv, createDecipheriv, getCipherInfo } from 'node:crypto'
import { createRequire } from 'node:module'
import { concat, markSingleUse } from '@ts-libp2p/bytes'
import { type ChaCha, NobleCipher } from './aead.noble.ts'
import type { Aead } from './aead.ts'
import { CryptoError } from './errors.ts'
import { gather } from './gather.ts'
import { AEAD_TAG_BYTES } from './limits.ts'
import { createNonce, writeNonce } from './nonce.ts'

const ALGORITHM = 'chacha20-poly1305'
const OPTIONS = { authTagLength: AEAD_TAG_BYTES }
const NONE = new Uint8Array(0)

/** Up to here a call into OpenSSL (3.3 µs before the first byte) costs more than WebAssembly does; see the README. */
const WASM_BYTES = 256

/** Up to here joining prefix, ciphertext and tag costs less than carrying three pieces to the socket. */
const JOIN_BYTES = 4096

/** Where several chunks meet on their way into OpenSSL, which copies them out again before the call returns. */
const meeting = new Uint8Array(65_536)

/** The module's room for associated data: a Noise handshake hash. */
const WASM_AD_BYTES = 32

// Loaded with the first cipher, in a turn of its own: a start does not owe its 5 ms. OpenSSL does everything until then.
let wasm: typeof import('./wasm-aead.ts') | 'loading' | undefined

function loadWasm(): void {
  wasm = 'loading'
  import('./wasm-aead.ts').then(
    loaded => {
      wasm = loaded
    },
    // Where WebAssembly is switched off OpenSSL goes on.
    () => {}
  )
}

function wasmFor(length: number, ad: Uint8Array): typeof import('./wasm-aead.ts') | undefined {
  return typeof wasm === 'object' && length <= WASM_BYTES && ad.byteLength <= WASM_AD_BYTES ? wasm : undefined
}

/** Noble's cipher where node:crypto has none: under Bun, and with an OpenSSL built for FIPS. Loaded there only. */
let noble: ChaCha | 'not needed' | undefined

function nobleIfNeeded(): ChaCha | 'not needed' {
  if (getCipherInfo(ALGORITHM) !== undefined) return 'not needed'
  const require = createRequire(import.meta.url)
  return (require('@noble/ciphers/chacha.js') as { chacha20poly1305: ChaCha }).chacha20poly1305
}

/** OpenSSL copies it before a call returns. */
const nonce = createNonce()

/** `key` is the callee's to keep. */
export function createCipher(key: Uint8Array): Aead {
  noble ??= nobleIfNeeded()
  if (noble !== 'not needed') return new NobleCipher(noble, key)
  if (wasm === undefined) loadWasm()
  return new NodeCipher(key)
}

class NodeCipher implements Aead {
  // Not a `KeyObject`: it is no faster, and 700 bytes for each direction of each connection.
  readonly #key: Uint8Array

  constructor(key: Uint8Array) {
    this.#key = key
  }

  seal(counter: number, plaintext: Uint8Array, ad: Uint8Array = NONE): Uint8Array {
    const out: Uint8Array[] = []
    this.sealChunks(counter, [plaintext], plaintext.byteLength, ad, out)
    return out.length === 1 ? (out[0] as Uint8Array) : concat(out)
  }

  sealChunks(
    counter: number,
    chunks: readonly Uint8Array[],
    length: number,
    ad: Uint8Array = NONE,
    out: Uint8Array[],
    prefix: Uint8Array = NONE
  ): void {
    const small = wasmFor(length, ad)
    if (small !== undefined) {
      const piece = transient(prefix.byteLength + length + AEAD_TAG_BYTES)
      piece.set(prefix)
      small.wasmSeal(this.#key, counter, chunks, length, ad, piece, prefix.byteLength)
      out.push(piece)
    } else {
      this.#sealNative(counter, joined(chunks, length), ad, out, prefix)
    }
  }

  open(counter: number, ciphertext: Uint8Array, ad: Uint8Array = NONE): Uint8Array {
    const length = ciphertext.byteLength - AEAD_TAG_BYTES
    if (length < 0) throw new CryptoError('decrypt-failed', `a ciphertext of ${ciphertext.byteLength} bytes has no tag`)
    const small = wasmFor(length, ad)
    return small?.wasmOpen(this.#key, counter, ciphertext, ad) ?? this.#openNative(counter, ciphertext, length, ad)
  }

  #sealNative(counter: number, plaintext: Uint8Array, ad: Uint8Array, out: Uint8Array[], prefix: Uint8Array): void {
    writeNonce(counter, nonce)
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce, OPTIONS)
    if (ad.byteLength > 0) cipher.setAAD(ad, { plaintextLength: plaintext.byteLength })
    const sealed = cipher.update(plaintext)
    cipher.final()
    pushPieces(prefix, sealed, cipher.getAuthTag(), out)
  }

  #openNative(counter: number, ciphertext: Uint8Array, length: number, ad: Uint8Array): Uint8Array {
    writeNonce(counter, nonce)
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonce, OPTIONS)
    if (ad.byteLength > 0) decipher.setAAD(ad, { plaintextLength: length })
    decipher.setAuthTag(ciphertext.subarray(length))
    const plaintext = decipher.update(ciphertext.subarray(0, length))
    try {
      decipher.final()
    } catch (cause) {
      throw new CryptoError('decrypt-failed', `message ${counter} does not authenticate`, { cause })
    }
    return plain(plaintext)
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks
  if (chunks.length === 1 && only?.byteLength === length) return only
  const target = length <= meeting.byteLength ? meeting : new Uint8Array(length)
  gather(chunks, length, target, 0)
  return target.subarray(0, length)
}

function pushPieces(prefix: Uint8Array, sealed: Uint8Array, tag: Uint8Array, out: Uint8Array[]): void {
  const total = prefix.byteLength + sealed.byteLength + tag.byteLength
  if (total > JOIN_BYTES) {
    if (prefix.byteLength > 0) out.push(prefix.slice())
    markSingleUse(sealed)
    out.push(plain(sealed), plain(tag))
    return
  }
  const piece = transient(total)
  piece.set(prefix)
  piece.set(sealed, prefix.byteLength)
  piece.set(tag, prefix.byteLength + sealed.byteLength)
  out.push(piece)
}

/** Uninitialised, from Node's pool where it is small: for what leaves at once and is not kept. */
function transient(length: number): Uint8Array {
  return plain(Buffer.allocUnsafe(length))
}

/** A `Buffer` without its overrides: what is handed out behaves alike on every platform. */
function plain(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
