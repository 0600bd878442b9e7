import { generateKeyPairSync, type KeyObject, type KeyPairKeyObjectResult, sign } from 'node:crypto'
import { publicKeyToProtobuf, systemRandom } from '@ts-libp2p/crypto'
import type { PrivateKey, Random } from '@ts-libp2p/interface'
import {
  BitString,
  Constructed,
  fromBER,
  GeneralizedTime,
  Integer,
  ObjectIdentifier,
  OctetString,
  PrintableString,
  Sequence,
  Set as SetOf,
  UTCTime
} from 'asn1js'
import { encodeSignedKey, IDENTITY_OID, signedBytes } from './identity.ts'
import { CERTIFICATE_BACKDATE_MS, CERTIFICATE_LIFETIME_MS, SERIAL_BYTES } from './limits.ts'

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

export interface CertificateOptions {
  /** Of the certificate's own key. Every implementation reads P-256, the default; Ed25519 not all. */
  keyType?: CertificateKeyType
  /** Where the serial number comes from. Default: the system. */
  random?: Random
  /** Milliseconds since the Unix epoch; it is valid from an hour before. Default: now. */
  nowMs?: number
}

export type CertificateKeyType = 'P-256' | 'Ed25519'

interface KeyKind {
  /** Of the signature algorithm. */
  readonly oid: string
  readonly digest: string | null
  generate(): KeyPairKeyObjectResult
}

const KINDS: Record<CertificateKeyType, KeyKind> = {
  'P-256': {
    oid: '1.2.840.10045.4.3.2',
    digest: 'sha256',
    generate: () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
  },
  Ed25519: { oid: '1.3.101.112', digest: null, generate: () => generateKeyPairSync('ed25519') }
}

const ORGANIZATION = '2.5.4.10'

/** Of X.509 version 3, which alone has extensions. */
const VERSION_3 = 2
/** UTCTime has two digits for the year; from 2050 on it is GeneralizedTime. RFC 5280, section 4.1.2.5. */
const FIRST_GENERALIZED_YEAR = 2050

/** A self-signed certificate with a fresh key that speaks for the identity. Throws what signing with the identity does. */
export async function createCertificate(
  identity: PrivateKey,
  { keyType = 'P-256', random = systemRandom, nowMs = Date.now() }: CertificateOptions = {}
): Promise<Certificate> {
  const kind = KINDS[keyType]
  const { publicKey, privateKey } = kind.generate()
  const certificateKey = publicKey.export({ type: 'spki', format: 'der' })
  const signedKey = encodeSignedKey({
    publicKey: publicKeyToProtobuf(identity.publicKey),
    signature: await identity.sign(signedBytes(certificateKey))
  })
  const der = selfSigned({ kind, privateKey, certificateKey, signedKey, serial: random.bytes(SERIAL_BYTES), nowMs })
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, cert: pem(der) }
}

interface Contents {
  kind: KeyKind
  privateKey: KeyObject
  /** SubjectPublicKeyInfo. */
  certificateKey: Uint8Array
  signedKey: Uint8Array
  serial: Uint8Array
  nowMs: number
}

function selfSigned({ kind, privateKey, certificateKey, signedKey, serial, nowMs }: Contents): Uint8Array {
  const algorithm = new Sequence({ value: [new ObjectIdentifier({ value: kind.oid })] })
  const toBeSigned = new Sequence({
    value: [
      explicit(0, new Integer({ value: VERSION_3 })),
      new Integer({ valueHex: positive(serial).buffer }),
      algorithm,
      name(),
      validity(nowMs),
      name(),
      fromBER(certificateKey).result,
      explicit(3, new Sequence({ value: [extension(IDENTITY_OID, signedKey)] }))
    ]
  })
  const signature = sign(kind.digest, new Uint8Array(toBeSigned.toBER()), privateKey)
  const value = [toBeSigned, algorithm, new BitString({ valueHex: buffer(signature) })]
  return new Uint8Array(new Sequence({ value }).toBER())
}

/** Issuer and subject: RFC 5280 wants a name, nobody reads it. */
function name(): Sequence {
  const organization = new Sequence({
    value: [new ObjectIdentifier({ value: ORGANIZATION }), new PrintableString({ value: 'libp2p.io' })]
  })
  return new Sequence({ value: [new SetOf({ value: [organization] })] })
}

function validity(nowMs: number): Sequence {
  const from = nowMs - CERTIFICATE_BACKDATE_MS
  return new Sequence({ value: [time(from), time(from + CERTIFICATE_LIFETIME_MS)] })
}

function time(ms: number): UTCTime | GeneralizedTime {
  const valueDate = new Date(Math.floor(ms / 1000) * 1000)
  const isLate = valueDate.getUTCFullYear() >= FIRST_GENERALIZED_YEAR
  return isLate ? new GeneralizedTime({ valueDate }) : new UTCTime({ valueDate })
}

/** Not critical: js-libp2p makes it critical, go-libp2p does not, and all read both. */
function extension(oid: string, value: Uint8Array): Sequence {
  return new Sequence({
    value: [new ObjectIdentifier({ value: oid }), new OctetString({ valueHex: buffer(value) })]
  })
}

function explicit(tagNumber: number, content: Integer | Sequence): Constructed {
  return new Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [content] })
}

/** The bytes as a DER integer above zero: the first is 1 to 127. */
function positive(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = bytes.slice()
  out[0] = ((out[0] as number) & 0x3f) | 0x40
  return out
}

function buffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer
}

function pem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
