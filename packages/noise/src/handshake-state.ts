import { Cursor, concat } from '@ts-libp2p/bytes'
import { type X25519KeyPair, x25519SharedSecret } from '@ts-libp2p/crypto'
import { type Dialogue, settled } from '@ts-libp2p/stream'
import type { CipherState } from './cipher-state.ts'
import { NoiseError } from './errors.ts'
import { KEY_BYTES, TAG_BYTES } from './limits.ts'
import { SymmetricState } from './symmetric-state.ts'

export type HandshakeRole = 'initiator' | 'responder'

export interface HandshakeStateInit {
  role: HandshakeRole
  /** Our long-lived key. */
  staticKey: X25519KeyPair
  /** Our key of this handshake alone. Used twice, it gives the session away. */
  ephemeralKey: X25519KeyPair
  /** What both sides must agree on without sending it. Default empty. */
  prologue?: Uint8Array
}

export interface TransportCiphers {
  send: CipherState
  receive: CipherState
}

/** The three messages of XX, the initiator's first. */
const XX = [['e'], ['e', 'ee', 's', 'es'], ['s', 'se']] as const

type Token = (typeof XX)[number][number]

/**
 * One side of a Noise XX handshake: Noise, section 5.3. Messages are written and read in turn, three in all, then
 * `split` gives the ciphers. Both are dialogues that never send or read: in browsers they wait for WebCrypto.
 */
export class HandshakeState {
  readonly symmetric: SymmetricState = new SymmetricState()
  private readonly role: HandshakeRole
  private readonly staticKey: X25519KeyPair
  private readonly ephemeralKey: X25519KeyPair
  private remoteEphemeral: Uint8Array | undefined
  private remoteStaticKey: Uint8Array | undefined
  private step = 0

  constructor({ role, staticKey, ephemeralKey, prologue = new Uint8Array(0) }: HandshakeStateInit) {
    this.role = role
    this.staticKey = staticKey
    this.ephemeralKey = ephemeralKey
    this.symmetric.mixHash(prologue)
  }

  /** The remote's static key, once the message that holds it was read. */
  get remoteStatic(): Uint8Array {
    if (this.remoteStaticKey === undefined) throw outOfTurn('the static key of the remote is not known yet')
    return this.remoteStaticKey
  }

  *write(payload: Uint8Array): Dialogue<Uint8Array> {
    const parts: Uint8Array[] = []
    for (const token of this.nextTokens()) {
      if (token === 'e') parts.push(this.writeEphemeral())
      else if (token === 's') parts.push(this.symmetric.encryptAndHash(this.staticKey.publicKey))
      else yield* this.mixSharedSecret(token)
    }
    parts.push(this.symmetric.encryptAndHash(payload))
    return concat(parts)
  }

  /** Returns the payload. Throws a `NoiseError`, after which the handshake is void. */
  *read(message: Uint8Array): Dialogue<Uint8Array> {
    const cursor = new Cursor(message)
    for (const token of this.nextTokens()) {
      if (token === 'e') this.readEphemeral(take(cursor, KEY_BYTES))
      else if (token === 's') this.remoteStaticKey = this.symmetric.decryptAndHash(take(cursor, KEY_BYTES + TAG_BYTES))
      else yield* this.mixSharedSecret(token)
    }
    return this.symmetric.decryptAndHash(cursor.rest())
  }

  split(): TransportCiphers {
    const [initiators, responders] = this.symmetric.split()
    return this.role === 'initiator'
      ? { send: initiators, receive: responders }
      : { send: responders, receive: initiators }
  }

  private nextTokens(): readonly Token[] {
    const tokens = XX[this.step++]
    if (tokens === undefined) throw outOfTurn('the handshake has three messages')
    return tokens
  }

  private writeEphemeral(): Uint8Array {
    this.symmetric.mixHash(this.ephemeralKey.publicKey)
    return this.ephemeralKey.publicKey
  }

  private readEphemeral(key: Uint8Array): void {
    this.remoteEphemeral = key
    this.symmetric.mixHash(key)
  }

  /** `es` is the initiator's ephemeral key with the responder's static one, whoever computes it. */
  private *mixSharedSecret(token: 'ee' | 'es' | 'se'): Dialogue<void> {
    const [initiators, responders] = token
    const [ours, theirs] = this.role === 'initiator' ? [initiators, responders] : [responders, initiators]
    const key = ours === 'e' ? this.ephemeralKey : this.staticKey
    const remote = theirs === 'e' ? this.remoteEphemeral : this.remoteStaticKey
    this.symmetric.mixKey(yield* sharedSecret(key, remote as Uint8Array))
  }
}

function* sharedSecret(key: X25519KeyPair, remote: Uint8Array): Dialogue<Uint8Array> {
  try {
    return yield* settled(x25519SharedSecret(key.privateKey, remote))
  } catch (cause) {
    throw new NoiseError('invalid-key', 'the remote sent a key that gives no secret', { cause })
  }
}

function outOfTurn(message: string): NoiseError {
  return new NoiseError('out-of-turn', message)
}

function take(cursor: Cursor, length: number): Uint8Array {
  if (cursor.remaining >= length) return cursor.take(length)
  throw new NoiseError('malformed-message', `the remote sent a handshake message that ends early`)
}
