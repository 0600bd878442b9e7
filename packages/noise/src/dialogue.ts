import { publicKeyToProtobuf, readPublicKey, type X25519KeyPair, x25519KeyPair } from '@ts-libp2p/crypto'
import { type PeerId, type PrivateKey, type PublicKey, UnexpectedPeerError } from '@ts-libp2p/interface'
import { peerIdFromPublicKey } from '@ts-libp2p/peer-id'
import { type Dialogue, settled } from '@ts-libp2p/stream'
import { NoiseError } from './errors.ts'
import { HandshakeState, type TransportCiphers } from './handshake-state.ts'
import { LENGTH_BYTES } from './limits.ts'
import { decodePayload, encodePayload, type NoiseExtensions, signedBytes } from './payload.ts'
import type { VerifiedProofs } from './verified-proofs.ts'

/** A static key and the proof that it speaks for an identity. One serves any number of handshakes. */
export interface Credentials {
  readonly staticKey: X25519KeyPair
  /** The identity's public key, as a protobuf. */
  readonly identityKey: Uint8Array
  /** A promise where the platform signs with this kind of key behind one. */
  readonly signature: Uint8Array | Promise<Uint8Array>
}

export interface HandshakeOptions {
  /** A promise where the platform computes behind one. */
  credentials: Credentials | Promise<Credentials>
  /** Who must be at the far side. Default: anybody, who is then known by `remotePeer`. */
  expected?: PeerId
  /** What both sides must agree on without sending it. Default empty. */
  prologue?: Uint8Array
  /** Sent along with our proof. Default none. */
  extensions?: Partial<NoiseExtensions>
  /** The key of this handshake alone. Default a fresh one, and nothing else will do outside tests. */
  ephemeralKey?: X25519KeyPair | Promise<X25519KeyPair>
  /** Proofs that need not be verified again; those that hold are added. Default none. */
  verifiedProofs?: VerifiedProofs
}

export interface HandshakeResult extends TransportCiphers {
  remotePeer: PeerId
  remoteExtensions: NoiseExtensions
  /** The same on both sides, and nowhere else: binds what comes after to this session. */
  handshakeHash: Uint8Array
}

/** Proof that `staticKey` speaks for the identity. */
export function createCredentials(privateKey: PrivateKey, staticKey: X25519KeyPair): Credentials {
  const signature = privateKey.sign(signedBytes(staticKey.publicKey))
  // Every handshake meets the failure; before the first, nobody is there to handle it.
  if (!(signature instanceof Uint8Array)) signature.catch(() => {})
  return { staticKey, identityKey: publicKeyToProtobuf(privateKey.publicKey), signature }
}

/** The dialer's side of the handshake. Throws a `NoiseError`, or an `UnexpectedPeerError` before it tells who we are. */
export function* initiator(options: HandshakeOptions): Dialogue<HandshakeResult> {
  const { message3, ...result } = yield* initiatorUpToMessage3(options)
  yield { send: message3 }
  return result
}

/** The same with message 3 left to the caller, who is done when it is sent: what follows may leave with it. */
export function* initiatorUpToMessage3(
  options: HandshakeOptions
): Dialogue<HandshakeResult & { message3: Uint8Array }> {
  const state = yield* begin('initiator', options)
  yield { send: frame(yield* state.write(NOTHING)) }
  const payload = yield* state.read(yield* readFrame())
  const remote = yield* authenticate(payload, state, options)
  const message3 = frame(yield* state.write(yield* ownPayload(options)))
  return { ...remote, ...end(state), message3 }
}

/** The listener's side of the handshake. Throws a `NoiseError` or an `UnexpectedPeerError`. */
export function* responder(options: HandshakeOptions): Dialogue<HandshakeResult> {
  const state = yield* begin('responder', options)
  yield* state.read(yield* readFrame())
  yield { send: frame(yield* state.write(yield* ownPayload(options))) }
  const payload = yield* state.read(yield* readFrame())
  const remote = yield* authenticate(payload, state, options)
  return { ...remote, ...end(state) }
}

const NOTHING = new Uint8Array(0)

function* begin(role: 'initiator' | 'responder', options: HandshakeOptions): Dialogue<HandshakeState> {
  const { staticKey } = yield* settled(options.credentials)
  const ephemeralKey = yield* settled(options.ephemeralKey ?? x25519KeyPair())
  return new HandshakeState({ role, staticKey, ephemeralKey, prologue: options.prologue })
}

function end(state: HandshakeState): TransportCiphers & { handshakeHash: Uint8Array } {
  return { ...state.split(), handshakeHash: state.symmetric.handshakeHash }
}

function* ownPayload({ credentials, extensions }: HandshakeOptions): Dialogue<Uint8Array> {
  const { identityKey, signature } = yield* settled(credentials)
  return encodePayload({
    identityKey,
    signature: yield* settled(signature),
    extensions: { webtransportCerthashes: [], streamMuxers: [], ...extensions }
  })
}

function* authenticate(
  payload: Uint8Array,
  { remoteStatic }: HandshakeState,
  { expected, verifiedProofs }: HandshakeOptions
): Dialogue<{ remotePeer: PeerId; remoteExtensions: NoiseExtensions }> {
  const { identityKey, signature, extensions } = decodePayload(payload)
  const key = yield* decodeKey(identityKey)
  const remotePeer = peerIdFromPublicKey(key)
  if (expected !== undefined && !expected.equals(remotePeer)) {
    throw new UnexpectedPeerError(`${remotePeer} is at the far side, ${expected} was expected`)
  }
  const proof = { staticKey: remoteStatic, identityKey, signature }
  if (verifiedProofs?.has(proof) !== true) {
    const isValid = yield* settled(key.verify(signedBytes(remoteStatic), signature))
    if (!isValid) throw new NoiseError('invalid-signature', `${remotePeer} did not sign the static key that was sent`)
    verifiedProofs?.add(proof)
  }
  return { remotePeer, remoteExtensions: extensions }
}

function* decodeKey(bytes: Uint8Array): Dialogue<PublicKey> {
  try {
    return yield* settled(readPublicKey(bytes))
  } catch (cause) {
    throw new NoiseError('malformed-payload', 'the remote sent an identity key that cannot be read', { cause })
  }
}

function* readFrame(): Dialogue<Uint8Array> {
  const header = yield { take: LENGTH_BYTES }
  return yield { take: ((header[0] as number) << 8) | (header[1] as number) }
}

function frame(message: Uint8Array): Uint8Array {
  const out = new Uint8Array(LENGTH_BYTES + message.byteLength)
  out[0] = message.byteLength >>> 8
  out[1] = message.byteLength
  out.set(message, LENGTH_BYTES)
  return out
}
