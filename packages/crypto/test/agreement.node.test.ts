import { createHmac } from 'node:crypto'
import { concat, fromHex } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createCipher as browserCipher } from '../src/aead.browser.ts'
import { createCipher as nodeCipher } from '../src/aead.node.ts'
import * as browserEcdsa from '../src/ecdsa.browser.ts'
import * as nodeEcdsa from '../src/ecdsa.node.ts'
import * as browserEcdsaSecret from '../src/ecdsa-secret.browser.ts'
import * as browserEd25519 from '../src/ed25519.browser.ts'
import * as nodeEd25519 from '../src/ed25519.node.ts'
import * as browserEd25519Secret from '../src/ed25519-secret.browser.ts'
import * as browserHash from '../src/hash.browser.ts'
import * as nodeHash from '../src/hash.node.ts'
import { hmacSha256, privateKeyFromProtobuf } from '../src/index.ts'
import * as browserRsa from '../src/rsa.browser.ts'
import * as nodeRsa from '../src/rsa.node.ts'
import * as browserRsaSecret from '../src/rsa-secret.browser.ts'
import * as browserSecp256k1 from '../src/secp256k1.browser.ts'
import * as nodeSecp256k1 from '../src/secp256k1.node.ts'
import * as browserX25519 from '../src/x25519.browser.ts'
import * as nodeX25519 from '../src/x25519.node.ts'
import { keyPair } from './suite/vectors.ts'

const bytes = (maxLength: number) => fc.uint8Array({ maxLength })
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const runs = (numRuns: number) => ({ numRuns })

/** A signature, whole or with one byte changed or its end cut. */
const damaged = (signature: Uint8Array, at: number, kind: number): Uint8Array => {
  const index = at % signature.length
  const cut = [signature, signature.with(index, (signature[index] as number) ^ 1), signature.subarray(0, index)]
  return cut[kind] as Uint8Array
}

const native = (task: () => Promise<void>): Promise<void> => task()

/** As in a page that is no secure context. */
async function withoutWebCrypto(task: () => Promise<void>): Promise<void> {
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
  try {
    await task()
  } finally {
    vi.unstubAllGlobals()
  }
}

describe('the two backends agree', () => {
  it('on SHA-256, in pieces or at once, and on HMAC', () => {
    const lengths = fc.oneof(fc.nat(130), fc.nat(5000))
    fc.assert(
      fc.property(fc.array(lengths, { maxLength: 4 }), fc.nat(255), (sizes, byte) => {
        const pieces = sizes.map(size => Uint8Array.from({ length: size }, (_, i) => i * byte))
        const whole = concat(pieces)
        const [node, browser] = [nodeHash.createSha256(), browserHash.createSha256()]
        for (const piece of pieces) for (const hash of [node, browser]) hash.update(piece)
        expect(browser.digest()).toEqual(node.digest())
        expect(browserHash.sha256(whole)).toEqual(nodeHash.sha256(whole))
        expect(hmacSha256(whole, whole)).toEqual(new Uint8Array(createHmac('sha256', whole).update(whole).digest()))
      }),
      runs(200)
    )
  })

  it('on Ed25519 keys, signatures and what verifies', async () => {
    await fc.assert(
      fc.asyncProperty(exactly(32), bytes(80), fc.nat(), fc.nat(2), async (seed, message, at, kind) => {
        const key = nodeEd25519.publicKeyOfSeed(seed)
        const signature = nodeEd25519.signer(seed)(message) as Uint8Array
        const tried = damaged(signature, at, kind)
        for (const run of [native, withoutWebCrypto]) {
          await run(async () => {
            expect(await browserEd25519.publicKeyOfSeed(seed)).toEqual(key)
            expect(await browserEd25519.signer(seed)(message)).toEqual(signature)
            expect(await browserEd25519.verifier(key)(message, tried)).toBe(nodeEd25519.verifier(key)(message, tried))
          })
        }
        expect(browserEd25519Secret.publicKeyOfSeedSync(seed)).toEqual(key)
      }),
      runs(50)
    )
  })

  it('on arbitrary Ed25519 keys and signatures', async () => {
    await fc.assert(
      fc.asyncProperty(exactly(32), exactly(64), bytes(20), async (key, signature, message) => {
        const expected = await nodeEd25519.verifier(key)(message, signature)
        for (const run of [native, withoutWebCrypto]) {
          await run(async () => expect(await browserEd25519.verifier(key)(message, signature)).toBe(expected))
        }
      }),
      runs(50)
    )
  })

  it('on secp256k1 signatures', async () => {
    const key = privateKeyFromProtobuf(fromHex(keyPair('go-secp256k1').private_key_pb))
    const [node, browser] = [nodeSecp256k1, browserSecp256k1].map(backend => backend.verifier(key.publicKey.raw))
    await fc.assert(
      fc.asyncProperty(bytes(80), fc.nat(), fc.nat(2), async (message, at, kind) => {
        const tried = damaged(await key.sign(message), at, kind)
        expect(await browser?.(message, tried)).toBe(await node?.(message, tried))
      }),
      runs(30)
    )
  })

  it.each(['P-256', 'P-384', 'P-521'] as const)('on ECDSA over %s', async curve => {
    const scalar = nodeEcdsa.generateScalar(curve)
    const point = nodeEcdsa.curvePoint(curve, scalar)
    expect(browserEcdsaSecret.curvePoint(curve, scalar)).toEqual(point)
    for (const [one, other] of [
      [nodeEcdsa, browserEcdsa],
      [browserEcdsaSecret, nodeEcdsa]
    ] as const) {
      const signature = await one.signer(curve, scalar)(Uint8Array.of(1))
      for (let at = 0; at < signature.length; at += 9) {
        expect(await other.verifier(curve, point)(Uint8Array.of(1), damaged(signature, at, 1))).toBe(false)
      }
      expect(await other.verifier(curve, point)(Uint8Array.of(1), signature)).toBe(true)
    }
  })

  it('on RSA signatures, byte for byte', async () => {
    const key = privateKeyFromProtobuf(fromHex(keyPair('go-rsa').private_key_pb))
    if (key.type !== 'RSA') throw new Error('the vector has another type')
    const [secret, open] = [() => key.jwk, () => key.publicKey.jwk]
    const signature = await nodeRsa.signer(secret)(Uint8Array.of(1))
    expect(await browserRsaSecret.signer(secret)(Uint8Array.of(1))).toEqual(signature)
    expect(await browserRsa.verifier(open)(Uint8Array.of(1), signature)).toBe(true)
    expect(await browserRsa.verifier(open)(Uint8Array.of(2), signature)).toBe(false)
  })

  it('on X25519', async () => {
    await fc.assert(
      fc.asyncProperty(exactly(32), exactly(32), async (a, b) => {
        const remote = nodeX25519.agreement(b).publicKey
        const secret = nodeX25519.agreement(a).sharedSecret(remote)
        for (const run of [native, withoutWebCrypto]) {
          await run(async () => {
            expect((await browserX25519.agreement(b)).publicKey).toEqual(remote)
            expect(await (await browserX25519.agreement(a)).sharedSecret(remote)).toEqual(secret)
          })
        }
      }),
      runs(10)
    )
  })

  it('on sealed messages', () => {
    fc.assert(
      fc.property(exactly(32), fc.nat(), bytes(600), bytes(40), (key, counter, plaintext, ad) => {
        const sealed = nodeCipher(key).seal(counter, plaintext, ad)
        expect(browserCipher(key).seal(counter, plaintext, ad)).toEqual(sealed)
        expect(browserCipher(key).open(counter, sealed, ad)).toEqual(nodeCipher(key).open(counter, sealed, ad))
      })
    )
  })
})
