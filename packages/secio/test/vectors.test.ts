import { concat, fromHex, toHex } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cipher, Exchange, Hash } from '../src/algorithms.ts'
import * as browser from '../src/ciphers.browser.ts'
import * as node from '../src/ciphers.node.ts'
import type { Ciphers } from '../src/ciphers.ts'
import { type Keys, stretch } from '../src/index.ts'
import { trimmed } from '../src/stretch.ts'
import vectors from './vectors/secio-stretch.json' with { type: 'json' }

const platforms: [string, Ciphers][] = [
  ['Node', node],
  ['browsers', browser]
]

interface StretchCase {
  id: string
  cipher: Cipher
  hash: Hash
  secret: string
  k1: Record<string, string>
  k2: Record<string, string>
}

interface EcdhCase {
  id: string
  curve: Exchange
  alice_private: string
  alice_public: string
  bob_private: string
  bob_public: string
  shared: string
}

const ofKind = <T>(kind: string): T[] => vectors.cases.filter(entry => entry.kind === kind) as unknown as T[]
const hex = ({ iv, cipherKey, macKey }: Keys) => ({
  iv: toHex(iv),
  cipher_key: toHex(cipherKey),
  mac_key: toHex(macKey)
})

it('has all its vectors', () => {
  expect([ofKind('stretch').length, ofKind('ecdh').length]).toEqual([9, 3])
})

it.each(ofKind<StretchCase>('stretch'))(
  'stretches a key as go-libp2p does ($id)',
  ({ cipher, hash, secret, k1, k2 }) => {
    const [first, second] = stretch(cipher, hash, fromHex(secret))
    expect([hex(first), hex(second)]).toEqual([k1, k2])
  }
)

it.each([
  ['0000aa00', 'aa00'],
  ['bb', 'bb'],
  ['0000', '']
])('drops the leading zeros of a secret, and no others (%s)', (x, expected) => {
  expect(toHex(trimmed(fromHex(x)))).toBe(expected)
})

describe.each(platforms)('in %s', (_, { createEphemeral, createCtr, hmac }) => {
  it.each(ofKind<EcdhCase>('ecdh'))('two sides share a point ($id)', entry => {
    const alice = createEphemeral(entry.curve, fromHex(entry.alice_private))
    const bob = createEphemeral(entry.curve, fromHex(entry.bob_private))
    expect(toHex(alice.publicKey)).toBe(entry.alice_public)
    expect(toHex(bob.publicKey)).toBe(entry.bob_public)
    for (const shared of [alice.sharedX(bob.publicKey), bob.sharedX(alice.publicKey)]) {
      expect(toHex(shared)).toBe(entry.shared)
    }
  })

  it.each<Exchange>(['P-256', 'P-384', 'P-521'])('fresh keys agree (%s)', exchange => {
    const [a, b] = [createEphemeral(exchange), createEphemeral(exchange)]
    expect(toHex(a.publicKey)).not.toBe(toHex(b.publicKey))
    expect(toHex(a.sharedX(b.publicKey))).toBe(toHex(b.sharedX(a.publicKey)))
  })

  it('a point off the curve gives no secret', () => {
    const { publicKey, sharedX } = createEphemeral('P-256')
    const off = publicKey.slice()
    off[40] = (off[40] as number) ^ 1
    expect(() => sharedX(off)).toThrow()
  })

  // NIST SP 800-38A, F.5.1 and F.5.5.
  it.each([
    ['2b7e151628aed2a6abf7158809cf4f3c', '874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff'],
    [
      '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
      '601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5'
    ]
  ])('AES-CTR is that of NIST (%s)', (key, expected) => {
    const ctr = createCtr(fromHex(key), fromHex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'))
    const plaintext = fromHex('6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51')
    expect(toHex(concat([ctr.apply(plaintext.subarray(0, 5)), ctr.apply(plaintext.subarray(5))]))).toBe(expected)
  })

  // RFC 4231, test case 2.
  it.each<[Hash, string]>([
    ['SHA256', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
    [
      'SHA512',
      '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737'
    ]
  ])('HMAC is that of the RFC (%s)', (hash, expected) => {
    const chunks = ['what do ya want ', 'for nothing?'].map(text => new TextEncoder().encode(text))
    expect(toHex(hmac(hash, new TextEncoder().encode('Jefe'), chunks))).toBe(expected)
  })
})

it('both platforms make the same keystream, however it is cut and wherever the counter goes round', () => {
  const key = fc.constantFrom(16, 32).chain(length => fc.uint8Array({ minLength: length, maxLength: length }))
  const iv = fc.constantFrom(
    '00'.repeat(16),
    'ff'.repeat(16),
    `${'00'.repeat(12)}fffffffe`,
    `${'00'.repeat(8)}${'ff'.repeat(8)}`
  )
  fc.assert(
    fc.property(key, iv, fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 10 }), (secret, counter, chunks) => {
      const [a, b] = [node.createCtr(secret, fromHex(counter)), browser.createCtr(secret, fromHex(counter))]
      for (const chunk of chunks) expect(toHex(b.apply(chunk))).toBe(toHex(a.apply(chunk)))
    })
  )
})
