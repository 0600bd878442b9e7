import { bytesEqual, toHex } from '@ts-libp2p/bytes'
import { publicKeyFromProtobuf, publicKeyToProtobuf, readPublicKey } from '@ts-libp2p/crypto'
import type { AbortOptions, Envelope, PrivateKey, PublicKey, Record } from '@ts-libp2p/interface'
import { InvalidParametersError } from '@ts-libp2p/interface'
import { RecordError } from './errors.ts'
import { MAX_ENVELOPE_BYTES } from './limits.ts'
import { Envelope as EnvelopeMessage } from './pb/envelope.js'
import { signingInput } from './signing-input.ts'

interface EnvelopeFields {
  publicKey: PublicKey
  payloadType: Uint8Array
  payload: Uint8Array
  signature: Uint8Array
}

/** A payload, the key that signed it and the signature. Immutable. */
export class SignedEnvelope implements Envelope {
  readonly publicKey: PublicKey
  readonly payloadType: Uint8Array
  readonly payload: Uint8Array
  readonly signature: Uint8Array
  #bytes: Uint8Array<ArrayBuffer> | undefined

  constructor(fields: EnvelopeFields) {
    this.publicKey = fields.publicKey
    this.payloadType = fields.payloadType
    this.payload = fields.payload
    this.signature = fields.signature
  }

  /** The wire form; the same bytes every time. */
  marshal(): Uint8Array<ArrayBuffer> {
    this.#bytes ??= encodeEnvelope(this)
    return this.#bytes
  }

  /** Whether the key signed this payload in this domain. */
  async validate(domain: string, options: AbortOptions = {}): Promise<boolean> {
    options.signal?.throwIfAborted()
    const input = signingInput(domain, this.payloadType, this.payload)
    return await this.publicKey.verify(input, this.signature, options)
  }

  equals(other?: Envelope): boolean {
    return other !== undefined && bytesEqual(this.marshal(), other.marshal())
  }
}

/**
 * Signs a record.
 *
 * Throws an `InvalidParametersError` for a record without domain or codec, a `RecordError` (`too-large`) for one that
 * no reader would accept.
 *
 * @example
 * const envelope = await sealRecord(new PeerRecord({ peerId, multiaddrs, seqNumber: 1n }), privateKey)
 */
export async function sealRecord(
  record: Record,
  privateKey: PrivateKey,
  options: AbortOptions = {}
): Promise<SignedEnvelope> {
  options.signal?.throwIfAborted()
  const { domain, codec: payloadType } = record
  if (domain === '') throw new InvalidParametersError('a record needs a domain to be signed in')
  if (payloadType.byteLength === 0) throw new InvalidParametersError('a record needs a codec to be told by')
  const payload = record.marshal()
  const signature = await privateKey.sign(signingInput(domain, payloadType, payload), options)
  const envelope = new SignedEnvelope({ publicKey: privateKey.publicKey, payloadType, payload, signature })
  checkSize(envelope.marshal())
  return envelope
}

/**
 * Parses an envelope without checking its signature: `validate` does that. Payload, type and signature are views of
 * `bytes`, which must not change while the envelope is in use.
 *
 * Throws a `RecordError`: `malformed` or `too-large`.
 */
export function parseEnvelope(bytes: Uint8Array): SignedEnvelope {
  const message = decodeEnvelope(bytes)
  try {
    return new SignedEnvelope({ ...message, publicKey: publicKeyFromProtobuf(message.publicKey) })
  } catch (cause) {
    throw noUsableKey(cause)
  }
}

/** The same, loading what the key needs first. */
export async function readEnvelope(bytes: Uint8Array): Promise<SignedEnvelope> {
  const message = decodeEnvelope(bytes)
  try {
    return new SignedEnvelope({ ...message, publicKey: await readPublicKey(message.publicKey) })
  } catch (cause) {
    throw noUsableKey(cause)
  }
}

/** What an envelope holds, by whomever it is. A view. Throws a `RecordError`: `malformed` or `too-large`. */
export function payloadOf(bytes: Uint8Array): Uint8Array {
  return decodeEnvelope(bytes).payload
}

/**
 * Parses an envelope and checks that it was signed in `domain`.
 *
 * Throws a `RecordError`: `malformed`, `too-large`, `wrong-payload-type` where `payloadType` is given and another, or
 * `bad-signature`, also for an envelope that was signed in another domain: the two cannot be told apart.
 */
export async function openEnvelope(
  bytes: Uint8Array,
  domain: string,
  options: AbortOptions & { payloadType?: Uint8Array } = {}
): Promise<SignedEnvelope> {
  const envelope = await readEnvelope(bytes)
  const { payloadType } = options
  if (payloadType !== undefined && !bytesEqual(envelope.payloadType, payloadType)) throw wrongPayloadType(envelope)
  await checkSignature(envelope, domain, options)
  return envelope
}

export async function checkSignature(envelope: SignedEnvelope, domain: string, options: AbortOptions): Promise<void> {
  if (await envelope.validate(domain, options)) return
  throw new RecordError('bad-signature', `the key of the envelope did not sign it in the domain ${domain}`)
}

export function wrongPayloadType(envelope: SignedEnvelope): RecordError {
  const type = toHex(envelope.payloadType.subarray(0, 32))
  return new RecordError('wrong-payload-type', `the envelope holds something else: payload type 0x${type}`)
}

function encodeEnvelope({ publicKey, payloadType, payload, signature }: EnvelopeFields): Uint8Array<ArrayBuffer> {
  return EnvelopeMessage.encode({
    publicKey: publicKeyToProtobuf(publicKey),
    ...{ payloadType, payload, signature }
  }).finish()
}

function decodeEnvelope(bytes: Uint8Array): EnvelopeMessage {
  checkSize(bytes)
  const message = decodeMessage(bytes)
  if (message.payloadType.byteLength > 0) return message
  throw new RecordError('malformed', 'envelope without a payload type')
}

function decodeMessage(bytes: Uint8Array): EnvelopeMessage {
  try {
    return EnvelopeMessage.decode(bytes)
  } catch (cause) {
    throw new RecordError('malformed', `not an envelope: ${bytes.byteLength} bytes of broken protobuf`, { cause })
  }
}

function noUsableKey(cause: unknown): RecordError {
  return new RecordError('malformed', 'envelope without a usable public key', { cause })
}

function checkSize({ byteLength }: Uint8Array): void {
  if (byteLength <= MAX_ENVELOPE_BYTES) return
  throw new RecordError('too-large', `envelope of ${byteLength} bytes is over the limit of ${MAX_ENVELOPE_BYTES}`)
}
