import { fromUtf8 } from '@ts-libp2p/bytes'
import { publicKeyFromProtobuf, publicKeyToProtobuf } from '@ts-libp2p/crypto'
import {
  type AbortOptions,
  InvalidParametersError,
  type PeerId,
  type PrivateKey,
  type PublicKey
} from '@ts-libp2p/interface'
import { matchesPublicKey, peerIdFromPrivateKey, peerIdToBytes } from '@ts-libp2p/peer-id'
import { RecordError } from './errors.ts'
import { decodeIpns, encodeData, encodeIpns, type IpnsFields, signedBytesV1, signedBytesV2 } from './ipns-codec.ts'
import { MAX_IPNS_RECORD_BYTES, MAX_SEQ } from './limits.ts'
import { peerIdUnder } from './pk.ts'
import { formatTime, parseTime, toMilliseconds } from './rfc3339.ts'
import { isCurrent, isSigned, recordScheme, type SignedData } from './scheme.ts'
import { namespacedKey, type RecordValidator } from './validators.ts'

export interface CreateIpnsOptions extends AbortOptions {
  /** Its peer id is the name that the record is stored under. */
  readonly privateKey: PrivateKey
  /** What the name points to, e.g. `/ipfs/<cid>`. */
  readonly value: string | Uint8Array
  /** Higher than that of every record before. */
  readonly sequence: bigint
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** Nanoseconds for which a reader may keep it without asking again. Default: 5 minutes. */
  readonly ttlNs?: bigint
  /** Also write and sign what readers from before 2021 look at. Default true; costs about 200 bytes. */
  readonly isV1Compatible?: boolean
}

/** What an IPNS record says. */
export interface IpnsRecord {
  /** Mostly text: `/ipfs/<cid>`. */
  readonly value: Uint8Array
  readonly sequence: bigint
  readonly ttlNs: bigint
  /** Milliseconds since 1970, rounded down. */
  readonly expiresAt: number
}

/** Five minutes, as the IPNS specification recommends. */
const DEFAULT_TTL_NS = 300_000_000_000n
const EMPTY = new Uint8Array(0)

/** Where the record of a name is stored: `/ipns/<peer id>`. */
export function ipnsKey(name: PeerId): Uint8Array<ArrayBuffer> {
  return namespacedKey('ipns', peerIdToBytes(name))
}

/**
 * Signs an IPNS record. Store it under `ipnsKey(peerIdFromPrivateKey(privateKey))`.
 *
 * Throws an `InvalidParametersError` for numbers out of range or a value that is too long.
 * https://specs.ipfs.tech/ipns/ipns-record/
 */
export async function createIpnsRecord(options: CreateIpnsOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { privateKey, signal, isV1Compatible = true } = options
  signal?.throwIfAborted()
  const fields = checkedFields(options)
  const data = encodeData(fields)
  const signatureV2 = await privateKey.sign(signedBytesV2(data), { signal })
  const signatureV1 = isV1Compatible ? await privateKey.sign(signedBytesV1(fields), { signal }) : EMPTY
  const record = encodeIpns(fields, { data, signatureV2, signatureV1, publicKey: keyToEmbed(privateKey) })
  if (record.byteLength <= MAX_IPNS_RECORD_BYTES) return record
  throw new InvalidParametersError(`an IPNS record holds ${MAX_IPNS_RECORD_BYTES} bytes, not ${record.byteLength}`)
}

/** Reads an IPNS record without believing it: `ipnsValidator` does that. Throws a `RecordError`. */
export function parseIpnsRecord(bytes: Uint8Array): IpnsRecord {
  const { value, sequence, ttlNs, validity } = decodeIpns(bytes)
  return { value, sequence, ttlNs, expiresAt: toMilliseconds(parseTime(validity) as bigint) }
}

interface ParsedIpns extends SignedData {
  readonly sequence: bigint
  readonly expiresAtNs: bigint
}

/** The namespace `ipns`: signed by the key of the name, not expired; the higher sequence wins, then the later end. */
export const ipnsValidator: RecordValidator = recordScheme<ParsedIpns>({
  parse: parseUnder,
  checks: [isCurrent(({ expiresAtNs }) => ({ until: toMilliseconds(expiresAtNs) })), isSigned(record => record)],
  order: [({ sequence }) => sequence, ({ expiresAtNs }) => expiresAtNs]
})

function parseUnder(key: Uint8Array, value: Uint8Array): ParsedIpns {
  const name = peerIdUnder(key, 'ipns')
  const { data, signatureV2, publicKey, sequence, validity } = decodeIpns(value)
  return {
    publicKey: keyOf(name, publicKey),
    signedBytes: signedBytesV2(data),
    signature: signatureV2,
    sequence,
    expiresAtNs: parseTime(validity) as bigint
  }
}

function keyOf(name: PeerId, embedded: Uint8Array): PublicKey {
  const key = embedded.byteLength > 0 ? parseKey(embedded) : name.publicKey
  if (key === undefined) throw new RecordError('malformed', `IPNS record of ${name} without its public key`)
  if (matchesPublicKey(name, key)) return key
  throw new RecordError('wrong-key', `the IPNS record has the key of another name than ${name}`)
}

function parseKey(bytes: Uint8Array): PublicKey {
  try {
    return publicKeyFromProtobuf(bytes)
  } catch (cause) {
    throw new RecordError('malformed', 'IPNS record with an unusable public key', { cause })
  }
}

function keyToEmbed(privateKey: PrivateKey): Uint8Array {
  const { type } = peerIdFromPrivateKey(privateKey)
  return type === 'RSA' ? publicKeyToProtobuf(privateKey.publicKey) : EMPTY
}

function checkedFields({ value, sequence, expiresAt, ttlNs = DEFAULT_TTL_NS }: CreateIpnsOptions): IpnsFields {
  if (sequence < 0n || sequence > MAX_SEQ) throw new InvalidParametersError(`\`sequence\` is a uint64, not ${sequence}`)
  if (ttlNs < 0n || ttlNs > MAX_SEQ) throw new InvalidParametersError(`\`ttlNs\` is a uint64, not ${ttlNs}`)
  if (!(expiresAt >= 0 && expiresAt < YEAR_10000)) {
    throw new InvalidParametersError(`\`expiresAt\` is a time in milliseconds since 1970, not ${expiresAt}`)
  }
  return {
    value: typeof value === 'string' ? fromUtf8(value) : value,
    sequence,
    ttlNs,
    validity: formatTime(expiresAt)
  }
}

/** RFC 3339 has four digits for the year. */
const YEAR_10000: number = Date.UTC(10_000, 0)
