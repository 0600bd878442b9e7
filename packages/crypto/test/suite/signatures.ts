import { concat, fromHex, toHex } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DerReader, TAG } from '../../src/der.ts'
import { der, derUnsigned } from '../../src/der-writer.ts'
import { ed25519FromSeed, privateKeyFromProtobuf, privateKeyFromRaw, publicKeyFromRaw } from '../../src/index.ts'
import { keyPair } from './vectors.ts'

/** The order of Ed25519's group: RFC 8032 §5.1. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n
const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const identityPoint = fromHex(`01${'00'.repeat(31)}`)

const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x0${toHex(bytes)}`)
const toBytes = (value: bigint): Uint8Array => fromHex(value.toString(16).padStart(64, '0'))

export function signatureTests(): void {
  describe('Ed25519', () => {
    const key = ed25519FromSeed(new Uint8Array(32).fill(7))
    const message = fromHex('0102')

    it('refuses a signature whose s is not reduced', async () => {
      const signature = await key.sign(message)
      const s = toNumber(signature.slice(32).reverse()) + L
      const twin = concat([signature.subarray(0, 32), toBytes(s).reverse()])
      expect(await key.publicKey.verify(message, signature)).toBe(true)
      expect(await key.publicKey.verify(message, twin)).toBe(false)
    })

    // With the identity as key and as R, and s = 0, the equation holds whatever the message.
    it.each([
      ['identity', '01'.padEnd(64, '0')],
      ['identity with a sign', `01${'00'.repeat(30)}80`],
      ['identity, not reduced', `ee${'ff'.repeat(30)}7f`],
      ['order 2', `ec${'ff'.repeat(30)}7f`],
      ['order 4', '00'.repeat(32)],
      ['order 4, not reduced', `ed${'ff'.repeat(30)}7f`],
      ['order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
      ['order 8, the other', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
      ['order 8, negative', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85']
    ])('lets nobody sign for the point of small order: %s', async (_, hex) => {
      const weak = publicKeyFromRaw(fromHex(hex))
      const forged = concat([identityPoint, new Uint8Array(32)])
      for (let i = 0; i < 16; i++) expect(await weak.verify(Uint8Array.of(i), forged)).toBe(false)
    })

    it('refuses any signature for a key that is no point', async () => {
      const none = publicKeyFromRaw(fromHex('02'.padEnd(64, '0')))
      expect(await none.verify(message, await key.sign(message))).toBe(false)
    })
  })

  describe('secp256k1', () => {
    const key = privateKeyFromProtobuf(fromHex(keyPair('go-secp256k1').private_key_pb))

    it('produces the lower s, and accepts either', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async message => {
          const signature = await key.sign(message)
          const parts = new DerReader(signature).nested()
          const [r, s] = [parts.unsigned(), parts.unsigned()]
          expect(toNumber(s) <= SECP256K1_ORDER / 2n).toBe(true)
          const higher = der(TAG.SEQUENCE, derUnsigned(r), derUnsigned(toBytes(SECP256K1_ORDER - toNumber(s))))
          expect(await key.publicKey.verify(message, higher)).toBe(true)
        }),
        { numRuns: 5 }
      )
    })
  })

  it('rethrows the reason of a signal that is aborted', async () => {
    const key = privateKeyFromRaw(new Uint8Array(32).fill(1))
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    expect(() => key.sign(new Uint8Array(1), { signal })).toThrow(reason)
    expect(() => key.publicKey.verify(new Uint8Array(1), new Uint8Array(1), { signal })).toThrow(reason)
  })
}
