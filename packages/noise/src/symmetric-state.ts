import { concat, fromUtf8 } from '@ts-libp2p/bytes'
import { hkdfSha256, sha256 } from '@ts-libp2p/crypto'
import { CipherState } from './cipher-state.ts'

/** 32 bytes, so that it is its own hash. */
const PROTOCOL_NAME = fromUtf8('Noise_XX_25519_ChaChaPoly_SHA256')
const EMPTY = new Uint8Array(0)

/** Hash, chaining key and cipher of a handshake: Noise, section 5.2. */
export class SymmetricState {
  handshakeHash: Uint8Array = PROTOCOL_NAME
  private chainingKey: Uint8Array = PROTOCOL_NAME
  private cipher: CipherState | undefined

  mixHash(data: Uint8Array): void {
    this.handshakeHash = sha256(concat([this.handshakeHash, data]))
  }

  mixKey(input: Uint8Array): void {
    const [chainingKey, key] = hkdf(this.chainingKey, input)
    this.chainingKey = chainingKey
    this.cipher = new CipherState(key)
  }

  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const ciphertext = this.cipher?.encrypt(plaintext, this.handshakeHash) ?? plaintext
    this.mixHash(ciphertext)
    return ciphertext
  }

  decryptAndHash(ciphertext: Uint8Array): Uint8Array {
    const plaintext = this.cipher?.decrypt(ciphertext, this.handshakeHash) ?? ciphertext
    this.mixHash(ciphertext)
    return plaintext
  }

  /** The ciphers of the transport phase: the initiator's sending one, then the responder's. */
  split(): [CipherState, CipherState] {
    const [first, second] = hkdf(this.chainingKey, EMPTY)
    return [new CipherState(first), new CipherState(second)]
  }
}

function hkdf(chainingKey: Uint8Array, input: Uint8Array): [Uint8Array, Uint8Array] {
  const [first, second] = hkdfSha256(chainingKey, input, 2)
  return [first as Uint8Array, second as Uint8Array]
}
