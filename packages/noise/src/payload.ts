import { concat, fromUtf8 } from '@ts-libp2p/bytes'
import { NoiseError } from './errors.ts'
import { NoiseHandshakePayload } from './pb/payload.js'

/** What either side may add to its proof of identity. Absent lists and empty ones are the same. */
export interface NoiseExtensions {
  /** Multihashes of the certificates of a WebTransport server. */
  webtransportCerthashes: Uint8Array[]
  /** Protocols of the muxers that may follow, by preference. */
  streamMuxers: string[]
}

export interface Payload {
  /** The identity's public key, as a protobuf. */
  identityKey: Uint8Array
  /** Of the identity over `signedBytes(static key)`. */
  signature: Uint8Array
  extensions: NoiseExtensions
}

const SIGNATURE_PREFIX = fromUtf8('noise-libp2p-static-key:')

/** What the identity signs: that this static key speaks for it. */
export function signedBytes(staticPublicKey: Uint8Array): Uint8Array {
  return concat([SIGNATURE_PREFIX, staticPublicKey])
}

export function encodePayload({ identityKey, signature, extensions }: Payload): Uint8Array {
  const isExtended = extensions.streamMuxers.length > 0 || extensions.webtransportCerthashes.length > 0
  return NoiseHandshakePayload.encode({
    identityKey,
    identitySig: signature,
    extensions: isExtended ? extensions : undefined
  }).finish()
}

/** Throws a `NoiseError` (`malformed-payload`) for what is no payload, or proves nothing. */
export function decodePayload(bytes: Uint8Array): Payload {
  const { identityKey, identitySig, extensions } = decode(bytes)
  if (!identityKey || !identitySig) {
    throw new NoiseError('malformed-payload', 'the remote sent no identity key, or no signature')
  }
  return {
    identityKey,
    signature: identitySig,
    extensions: {
      webtransportCerthashes: extensions?.webtransportCerthashes ?? [],
      streamMuxers: extensions?.streamMuxers ?? []
    }
  }
}

function decode(bytes: Uint8Array): NoiseHandshakePayload {
  try {
    return NoiseHandshakePayload.decode(bytes)
  } catch (cause) {
    throw new NoiseError('malformed-payload', 'the remote sent a payload that is no protobuf', { cause })
  }
}
