import { BytesError, bytesEqual, lengthPrefixed } from '@ts-libp2p/bytes'
import { publicKeyFromProtobuf, publicKeyToProtobuf } from '@ts-libp2p/crypto'
import { type PeerId, type PublicKey, UnexpectedPeerError } from '@ts-libp2p/interface'
import { peerIdFromPublicKey, peerIdToBytes } from '@ts-libp2p/peer-id'
import type { Dialogue } from '@ts-libp2p/stream'
import { PlaintextError } from './errors.ts'
import { MAX_EXCHANGE_BYTES } from './limits.ts'
import { Exchange } from './pb/exchange.js'

/** Says who we are, and returns who the remote says it is. Nothing of it is proven. */
export function* exchange(publicKey: PublicKey, expected?: PeerId): Dialogue<PeerId> {
  yield { send: encodeExchange(publicKey) }
  const remotePeer = yield* readExchange()
  if (expected !== undefined && !expected.equals(remotePeer)) {
    throw new UnexpectedPeerError(`${remotePeer} is at the far side, ${expected} was expected`)
  }
  return remotePeer
}

function encodeExchange(publicKey: PublicKey): Uint8Array {
  const id = peerIdToBytes(peerIdFromPublicKey(publicKey))
  return lengthPrefixed(Exchange.encode({ id, pubkey: publicKeyToProtobuf(publicKey) }).finish())
}

function* readExchange(): Dialogue<PeerId> {
  let message: Uint8Array
  try {
    message = yield { takePrefixed: MAX_EXCHANGE_BYTES }
  } catch (cause) {
    if (!(cause instanceof BytesError)) throw cause
    throw malformed(cause)
  }
  return decodeExchange(message)
}

function decodeExchange(message: Uint8Array): PeerId {
  const { id, peer } = decode(message)
  if (bytesEqual(id, peerIdToBytes(peer))) return peer
  throw new PlaintextError('id-mismatch', `the remote sent the key of ${peer} with another id`)
}

function decode(message: Uint8Array): { id: Uint8Array; peer: PeerId } {
  try {
    const { id, pubkey } = Exchange.decode(message)
    return { id: id ?? EMPTY, peer: peerIdFromPublicKey(publicKeyFromProtobuf(pubkey ?? EMPTY)) }
  } catch (cause) {
    throw malformed(cause)
  }
}

const EMPTY = new Uint8Array(0)

function malformed(cause: unknown): PlaintextError {
  return new PlaintextError('malformed-exchange', 'the remote sent no exchange of id and public key', { cause })
}
