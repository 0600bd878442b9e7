import { X509Certificate } from 'node:crypto'
import { fromHex } from '@ts-libp2p/bytes'
import { generateKeyPair, publicKeyToProtobuf } from '@ts-libp2p/crypto'
import type { KeyType } from '@ts-libp2p/interface'
import { peerIdFromPublicKey } from '@ts-libp2p/peer-id'
import { identity } from '@ts-libp2p/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Extension } from '../src/extensions.ts'
import { encodeSignedKey } from '../src/identity.ts'
import { CERTIFICATE_BACKDATE_MS, createCertificate, MAX_CERTIFICATE_BYTES, verifyCertificate } from '../src/index.ts'
import { derOf, forge } from './forge.ts'
import vectors from './vectors/tls-certificates.json' with { type: 'json' }

const NOW = Date.UTC(2026, 0)
const { privateKey, peerId } = identity('alice')
const YEAR_MS = 365.25 * 24 * 60 * 60 * 1000

async function peerIn(der: Uint8Array, nowMs = Date.now()): Promise<string> {
  return peerIdFromPublicKey(await verifyCertificate(der, nowMs)).toString()
}

const refusal = (code: string) => ({ name: 'TlsError', code })

/** The codes that the reasons in the vectors stand for. */
const CODES: Record<string, string> = {
  'peer id does not match the key that signed (signature mismatch)': 'invalid-signature',
  'unknown critical extension': 'unknown-critical-extension',
  'libp2p extension missing': 'no-identity',
  expired: 'expired',
  'extension signature over the wrong prefix': 'invalid-signature',
  'self signature does not verify': 'invalid-self-signature'
}

describe('a certificate of the spec and of go-libp2p', () => {
  it.each(vectors.cases.filter(({ valid }) => valid))('speaks for its peer ($id)', async ({ certificate, peer_id }) => {
    expect(await peerIn(fromHex(certificate), NOW)).toBe(peer_id)
  })

  it.each(vectors.cases.filter(({ valid }) => !valid))('is refused: $reason ($id)', async ({ certificate, reason }) => {
    await expect(peerIn(fromHex(certificate), NOW)).rejects.toMatchObject(refusal(CODES[reason as string] as string))
  })
})

describe('a certificate of ours', () => {
  const types: [KeyType, 'P-256' | 'Ed25519'][] = [
    ['Ed25519', 'P-256'],
    ['Ed25519', 'Ed25519'],
    ['secp256k1', 'P-256'],
    ['ECDSA', 'P-256'],
    ['RSA', 'P-256']
  ]

  it.each(types)('speaks for an identity with an %s key (%s in the certificate)', async (type, keyType) => {
    const key = await generateKeyPair(type)
    const certificate = await createCertificate(key, { keyType })
    expect(await peerIn(derOf(certificate))).toBe(peerIdFromPublicKey(key.publicKey).toString())
  })

  it('is valid from an hour ago, for 100 years', async () => {
    const { validFrom, validTo } = new X509Certificate((await createCertificate(privateKey, { nowMs: NOW })).cert)
    expect(new Date(validFrom).toISOString()).toBe('2025-12-31T23:00:00.000Z')
    expect(new Date(validTo).toISOString()).toBe('2126-01-01T23:00:00.000Z')
  })

  it.each([
    ['a year before it was made', -YEAR_MS, 'not-yet-valid'],
    ['just before it begins', -CERTIFICATE_BACKDATE_MS - 1000, 'not-yet-valid'],
    ['just before it ends', 100 * YEAR_MS - CERTIFICATE_BACKDATE_MS, undefined],
    ['101 years later', 101 * YEAR_MS, 'expired']
  ])('is looked at with the time: %s', async (_, laterMs, code) => {
    const der = derOf(await createCertificate(privateKey, { nowMs: NOW }))
    const verdict = verifyCertificate(der, NOW + laterMs)
    if (code === undefined) expect((await verdict).equals(privateKey.publicKey)).toBe(true)
    else await expect(verdict).rejects.toMatchObject(refusal(code))
  })

  it('is valid on a clock that begins in 1970', async () => {
    expect(await peerIn(derOf(await createCertificate(privateKey, { nowMs: 0 })), 0)).toBe(peerId.toString())
  })

  it('has a key and a serial number of its own', async () => {
    const made = [await createCertificate(privateKey), await createCertificate(privateKey)]
    const certificates = made.map(({ cert }) => new X509Certificate(cert))
    expect(new Set(certificates.map(({ serialNumber }) => serialNumber)).size).toBe(2)
    expect(new Set(made.map(({ key }) => key)).size).toBe(2)
    for (const { serialNumber } of certificates) expect(serialNumber).toMatch(/^[4-7][0-9A-F]{15}$/)
  })
})

describe('the extensions of a certificate', () => {
  const note = (isCritical: boolean): Extension => ({ oid: '1.2.3.4', isCritical, value: Uint8Array.of(5, 0) })

  it.each<[string, (own: Extension) => Extension[]]>([
    ['alone', own => [own]],
    ['critical', own => [{ ...own, isCritical: true }]],
    ['behind another', own => [note(false), own]],
    ['before another', own => [own, note(false)]]
  ])('may hold the identity %s', async (_, choose) => {
    expect(await peerIn(derOf(await forge(privateKey, choose)))).toBe(peerId.toString())
  })

  const other = identity('eve').privateKey
  it.each<[string, string, (own: Extension) => Extension[]]>([
    ['none', 'no-identity', () => []],
    ['only others', 'no-identity', () => [note(false)]],
    ['a critical one that nobody knows', 'unknown-critical-extension', own => [own, note(true)]],
    ['two identities', 'malformed-identity', own => [own, own]],
    ['an identity that is empty', 'malformed-identity', own => [{ ...own, value: new Uint8Array(0) }]],
    ['an identity that is no DER', 'malformed-identity', own => [{ ...own, value: Uint8Array.of(0x30, 0x7f, 1) }]],
    [
      'an identity with bytes behind it',
      'malformed-identity',
      own => [{ ...own, value: Uint8Array.of(...own.value, 0) }]
    ],
    ['an identity that is a broken time', 'malformed-identity', own => [{ ...own, value: fromHex('1803414243') }]],
    ['an identity of one part', 'malformed-identity', own => [{ ...own, value: Uint8Array.of(0x30, 2, 4, 0) }]],
    [
      'an identity key that is none',
      'malformed-identity',
      own => [{ ...own, value: signedKey(Uint8Array.of(8, 9, 18, 0)) }]
    ],
    [
      "somebody else's identity",
      'invalid-signature',
      own => [{ ...own, value: signedKey(publicKeyToProtobuf(other.publicKey)) }]
    ]
  ])('are refused: %s', async (_, code, choose) => {
    await expect(peerIn(derOf(await forge(privateKey, choose)))).rejects.toMatchObject(refusal(code))
  })

  const signedKey = (publicKey: Uint8Array): Uint8Array => encodeSignedKey({ publicKey, signature: new Uint8Array(64) })
})

describe('what is no certificate', () => {
  it.each([
    ['nothing', new Uint8Array(0)],
    ['zeros', new Uint8Array(500)],
    ['far too many bytes', new Uint8Array(MAX_CERTIFICATE_BYTES + 1)]
  ])('is refused: %s', async (_, bytes) => {
    await expect(peerIn(bytes)).rejects.toMatchObject(refusal('malformed-certificate'))
  })

  it('is refused with an error of ours wherever it is damaged', async () => {
    const der = derOf(await createCertificate(privateKey))
    const damage = fc.tuple(fc.integer({ min: 0, max: der.byteLength - 1 }), fc.integer({ min: 1, max: 255 }))
    await fc.assert(
      fc.asyncProperty(damage, async ([at, bits]) => {
        const damaged = der.slice()
        damaged[at] = (damaged[at] as number) ^ bits
        await expect(peerIn(damaged)).rejects.toMatchObject({ name: 'TlsError' })
      }),
      { numRuns: 300 }
    )
  })
})
