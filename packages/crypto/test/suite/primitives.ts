import { concat, fromHex, fromUtf8, toHex } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  createSha256,
  hkdfSha256,
  hmacSha256,
  sha256,
  x25519KeyPair,
  x25519KeyPairFromPrivate,
  x25519SharedSecret
} from '../../src/index.ts'
import { inspected } from './shown.ts'
import { rfc } from './vectors.ts'

const { alice, bob, shared, scalarMultiplication } = rfc.x25519

export function primitiveTests(): void {
  it.each(rfc.sha256 as [string, string][])('SHA-256 of "%s"', (text, digest) => {
    expect(toHex(sha256(fromUtf8(text)))).toBe(digest)
  })

  it('SHA-256 of pieces and of ropes is that of the whole', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), parts => {
        const hash = createSha256()
        for (const part of parts) hash.update({ subarray: () => part })
        expect(hash.digest()).toEqual(sha256(concat(parts)))
      })
    )
  })

  it.each(rfc.hmacSha256 as [string, string, string][])('HMAC-SHA256 under %s of "%s"', (key, text, mac) => {
    expect(toHex(hmacSha256(fromHex(key), fromUtf8(text)))).toBe(mac)
    expect(toHex(hmacSha256(fromHex(key), { subarray: () => fromUtf8(text) }))).toBe(mac)
  })

  it('HKDF gives two or three outputs of RFC 5869', () => {
    const { salt, ikm, okm } = rfc.hkdfSha256
    const two = hkdfSha256(fromHex(salt), fromHex(ikm), 2)
    const three = hkdfSha256(fromHex(salt), fromHex(ikm), 3)
    expect(toHex(concat(two)).slice(0, okm.length)).toBe(okm)
    expect(three.slice(0, 2)).toEqual(two)
    expect(three.map(output => output.byteLength)).toEqual([32, 32, 32])
  })

  it('X25519 gives the keys and the secret of RFC 7748 §6.1', async () => {
    const a = await x25519KeyPairFromPrivate(fromHex(alice.private))
    const b = await x25519KeyPairFromPrivate(fromHex(bob.private))
    expect(toHex(a.publicKey)).toBe(alice.public)
    expect(toHex(b.publicKey)).toBe(bob.public)
    expect(toHex(await x25519SharedSecret(a.privateKey, b.publicKey))).toBe(shared)
    expect(toHex(await x25519SharedSecret(b.privateKey, a.publicKey))).toBe(shared)
  })

  it('X25519 multiplies as RFC 7748 §5.2', async () => {
    const { privateKey } = await x25519KeyPairFromPrivate(fromHex(scalarMultiplication.scalar))
    expect(toHex(await x25519SharedSecret(privateKey, fromHex(scalarMultiplication.u)))).toBe(scalarMultiplication.out)
  })

  it('X25519 pairs are new each time, and come from the randomness that is given', async () => {
    const [a, b] = [await x25519KeyPair(), await x25519KeyPair()]
    expect(a.publicKey).not.toEqual(b.publicKey)
    const [one, other] = [x25519SharedSecret(a.privateKey, b.publicKey), x25519SharedSecret(b.privateKey, a.publicKey)]
    expect(await one).toEqual(await other)
    const given = { bytes: (length: number) => new Uint8Array(fromHex(alice.private).slice(0, length)), float: () => 0 }
    expect(toHex((await x25519KeyPair(given)).publicKey)).toBe(alice.public)
  })

  // https://cr.yp.to/ecdh.html#validate
  it.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'
  ])('X25519 refuses a secret of zeros: %s', async hex => {
    const { privateKey } = await x25519KeyPair()
    await expect((async () => x25519SharedSecret(privateKey, fromHex(hex)))()).rejects.toThrow(
      expect.objectContaining({ name: 'CryptoError', code: 'bad-shared-secret' })
    )
  })

  it.each([0, 31, 33])('X25519 refuses keys of %d bytes', async length => {
    const invalid = expect.objectContaining({ name: 'CryptoError', code: 'invalid-key' })
    expect(() => x25519KeyPairFromPrivate(new Uint8Array(length))).toThrow(invalid)
    const { privateKey } = await x25519KeyPair()
    expect(() => x25519SharedSecret(privateKey, new Uint8Array(length))).toThrow(invalid)
  })

  it('X25519 private keys show nothing', async () => {
    const { privateKey } = await x25519KeyPairFromPrivate(fromHex(alice.private))
    const redacted = 'X25519PrivateKey(redacted)'
    expect([String(privateKey), inspected(privateKey), JSON.stringify({ privateKey })]).toEqual([
      redacted,
      redacted,
      JSON.stringify({ privateKey: redacted })
    ])
    expect(Reflect.ownKeys(privateKey)).toEqual([])
  })
}
