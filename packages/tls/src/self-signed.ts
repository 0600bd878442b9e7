import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import {
  BitString,
  Boolean as Bool,
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
import type { Extension } from './extensions.ts'
import { CERTIFICATE_BACKDATE_MS, CERTIFICATE_LIFETIME_MS } from './limits.ts'
import type { Certificate, CertificateKeyType } from './pem.ts'

export interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

interface KeyKind {
  /** Of the signature algorithm. */
  readonly oid: string
  readonly digest: string | null
  generate(): KeyPair
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

export function generateKeyPair(keyType: CertificateKeyType): KeyPair {
  return KINDS[keyType].generate()
}

export interface CertificateContents {
  keyType: CertificateKeyType
  keys: KeyPair
  extensions: readonly Extension[]
  serial: Uint8Array
  nowMs: number
}

/** A certificate that says just this, whatever it is worth. */
export function selfSigned(contents: CertificateContents): Certificate {
  const { keyType, keys, extensions, serial, nowMs } = contents
  const algorithm = new Sequence({ value: [new ObjectIdentifier({ value: KINDS[keyType].oid })] })
  const toBeSigned = new Sequence({
    value: [
      explicit(0, new Integer({ value: VERSION_3 })),
      new Integer({ valueHex: positive(serial).buffer }),
      algorithm,
      name(),
      validity(nowMs),
      name(),
      fromBER(keys.publicKey.export({ type: 'spki', format: 'der' })).result,
      explicit(3, new Sequence({ value: extensions.map(extension) }))
    ]
  })
  const signature = sign(KINDS[keyType].digest, new Uint8Array(toBeSigned.toBER()), keys.privateKey)
  const value = [toBeSigned, algorithm, new BitString({ valueHex: buffer(signature) })]
  const der = new Uint8Array(new Sequence({ value }).toBER())
  return { key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, cert: pem(der) }
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

function extension({ oid, isCritical, value }: Extension): Sequence {
  const critical = isCritical ? [new Bool({ value: true })] : []
  const content = new OctetString({ valueHex: buffer(value) })
  return new Sequence({ value: [new ObjectIdentifier({ value: oid }), ...critical, content] })
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
