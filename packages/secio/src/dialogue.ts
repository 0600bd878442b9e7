import { bytesEqual, concat } from '@ts-libp2p/bytes'
import { publicKeyToProtobuf } from '@ts-libp2p/crypto'
import { type PeerId, type PrivateKey, type PublicKey, UnexpectedPeerError } from '@ts-libp2p/interface'
import { peerIdFromPublicKey } from '@ts-libp2p/peer-id'
import { type Dialogue, settled } from '@ts-libp2p/stream'
import { ALL, COORDINATE_BYTES, type Exchange, type Preferences, type Suite } from './algorithms.ts'
import { OpeningBox, SealingBox } from './box.ts'
import { createEphemeral, type Ephemeral } from './ciphers.ts'
import { SecioError } from './errors.ts'
import { LENGTH_BYTES, MAX_HANDSHAKE_BYTES } from './limits.ts'
import { Exchange as ExchangeMessage } from './pb/secio.js'
import { agree, createProposal, preferredSide, readProposal } from './proposal.ts'
import { stretch, trimmed } from './stretch.ts'

export interface HandshakeOptions {
  privateKey: PrivateKey
  /** 16 random bytes. */
  nonce: Uint8Array
  /** Who must be at the far side. Default: anybody. */
  expected?: PeerId
  /** Default: everything. */
  preferences?: Preferences
}

export interface HandshakeResult {
  remotePeer: PeerId
  suite: Suite
  send: SealingBox
  receive: OpeningBox
}

/** The handshake, which is the same for both sides. Throws a `SecioError` or an `UnexpectedPeerError`. */
export function* handshake(options: HandshakeOptions): Dialogue<HandshakeResult> {
  const { privateKey, nonce, expected, preferences = ALL } = options
  const own = createProposal(nonce, publicKeyToProtobuf(privateKey.publicKey), preferences)
  yield { send: frame(own.bytes) }
  const remote = readProposal(yield* readFrame())
  const remotePeer = checkPeer(remote.key, expected)

  const side = preferredSide(own, remote)
  const suite = side === 'own' ? agree(own, remote) : agree(remote, own)
  const ephemeral = createEphemeral(suite.exchange)
  const signature = yield* settled(privateKey.sign(concat([own.bytes, remote.bytes, ephemeral.publicKey])))
  yield { send: frame(ExchangeMessage.encode({ epubkey: ephemeral.publicKey, signature }).finish()) }
  const theirs = readExchange(yield* readFrame())
  const corpus = concat([remote.bytes, own.bytes, theirs.ephemeralKey])
  const isValid = yield* settled(remote.key.verify(corpus, theirs.signature))
  if (!isValid) throw new SecioError('invalid-signature', `${remotePeer} did not sign the handshake`)

  const secret = sharedSecret(suite.exchange, ephemeral, theirs.ephemeralKey)
  const [preferred, other] = stretch(suite.cipher, suite.hash, secret)
  const send = new SealingBox(side === 'own' ? preferred : other, suite.hash)
  const receive = new OpeningBox(side === 'own' ? other : preferred, suite.hash)
  yield { send: sealed(send, remote.nonce) }
  checkNonce(receive.open(yield* readFrame()), nonce)
  return { remotePeer, suite, send, receive }
}

function checkPeer(key: PublicKey, expected: PeerId | undefined): PeerId {
  const remotePeer = peerIdFromPublicKey(key)
  if (expected === undefined || expected.equals(remotePeer)) return remotePeer
  throw new UnexpectedPeerError(`${remotePeer} is at the far side, ${expected} was expected`)
}

function readExchange(bytes: Uint8Array): { ephemeralKey: Uint8Array; signature: Uint8Array } {
  const { epubkey, signature } = decode(bytes)
  if (epubkey?.byteLength && signature?.byteLength) return { ephemeralKey: epubkey, signature }
  throw new SecioError('malformed-exchange', 'the remote sent no ephemeral key, or no signature')
}

function decode(bytes: Uint8Array): ExchangeMessage {
  try {
    return ExchangeMessage.decode(bytes)
  } catch (cause) {
    throw new SecioError('malformed-exchange', 'the remote sent an exchange that is no protobuf', { cause })
  }
}

// Platforms read compressed points as well; the spec sends them uncompressed.
function sharedSecret(exchange: Exchange, own: Ephemeral, remote: Uint8Array): Uint8Array {
  let cause: unknown
  try {
    const isUncompressed = remote[0] === 4 && remote.byteLength === 1 + 2 * COORDINATE_BYTES[exchange]
    if (isUncompressed) return trimmed(own.sharedX(remote))
  } catch (err) {
    cause = err
  }
  throw new SecioError('invalid-key', `the remote sent an ephemeral key that is no point on ${exchange}`, { cause })
}

function checkNonce(echoed: Uint8Array, nonce: Uint8Array): void {
  if (!bytesEqual(echoed, nonce)) throw new SecioError('wrong-nonce', 'the remote did not echo our nonce')
}

function* readFrame(): Dialogue<Uint8Array> {
  const header = yield { take: LENGTH_BYTES }
  const length = lengthIn(header)
  if (length > MAX_HANDSHAKE_BYTES) {
    throw new SecioError('frame-too-large', `the remote sent ${length} bytes where ${MAX_HANDSHAKE_BYTES} are allowed`)
  }
  return yield { take: length }
}

/** The length that a message begins with. */
export function lengthIn(header: Uint8Array): number {
  return new DataView(header.buffer, header.byteOffset).getUint32(0)
}

function frame(message: Uint8Array): Uint8Array {
  const out = new Uint8Array(LENGTH_BYTES + message.byteLength)
  new DataView(out.buffer).setUint32(0, message.byteLength)
  out.set(message, LENGTH_BYTES)
  return out
}

function sealed(box: SealingBox, message: Uint8Array): Uint8Array {
  const out: Uint8Array[] = []
  box.sealTo(out, [message], message.byteLength)
  return concat(out)
}
