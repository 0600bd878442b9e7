import { fromHex, toHex } from '@ts-libp2p/bytes'
import { base32 } from 'multiformats/bases/base32'
import { expect, it } from 'vitest'
import {
  ed25519FromSeed,
  generateKeyPair,
  inlinedPublicKey,
  privateKeyFromProtobuf,
  privateKeyFromRaw,
  privateKeyToProtobuf,
  publicKeyFromProtobuf,
  publicKeyFromRaw,
  publicKeyToProtobuf,
  readPrivateKey,
  readPublicKey
} from '../../src/index.ts'
import { inspected } from './shown.ts'
import { badSignatures, keyPairs } from './vectors.ts'

const signed = keyPairs.filter(one => one.message !== undefined)
const message = fromHex('00 01 02')

/** The vectors of go, js, nim and the spec, in both directions, over the backends that the importing file chose. */
export function keyPairTests(): void {
  it.each(keyPairs)('$id: public key, peer id and CID', vector => {
    const key = publicKeyFromProtobuf(fromHex(vector.public_key_pb))
    expect(key.type).toBe(vector.type)
    expect(toHex(publicKeyToProtobuf(key))).toBe(vector.public_key_pb)
    expect(publicKeyFromRaw(key.raw).equals(key)).toBe(true)
    expect(toHex(key.toMultihash().bytes)).toBe(vector.peer_id_multihash)
    expect(key.toString()).toBe(vector.peer_id_base58)
    expect(key.toCID().toString(base32)).toBe(vector.peer_id_cid_base32)
  })

  it.each(keyPairs)('$id: public key, read when its time comes, or from a peer id', async vector => {
    const protobuf = fromHex(vector.public_key_pb)
    const key = publicKeyFromProtobuf(protobuf)
    expect((await readPublicKey(protobuf)).equals(key)).toBe(true)
    if (vector.type === 'Ed25519' || vector.type === 'secp256k1') {
      expect(inlinedPublicKey(protobuf).equals(key)).toBe(true)
    } else {
      expect(() => inlinedPublicKey(protobuf)).toThrow(expect.objectContaining({ code: 'unsupported-key' }))
    }
  })

  it.each(keyPairs)('$id: private key', async vector => {
    const key = privateKeyFromProtobuf(fromHex(vector.private_key_pb))
    const read = await readPrivateKey(fromHex(vector.private_key_pb))
    expect(read.raw).toEqual(key.raw)
    expect(await key.publicKey.verify(message, await read.sign(message))).toBe(true)
    expect(toHex(publicKeyToProtobuf(key.publicKey))).toBe(vector.public_key_pb)
    expect(privateKeyFromRaw(key.raw).equals(key)).toBe(true)
    const again = toHex(privateKeyToProtobuf(key))
    if (vector.private_key_legacy) expect(again.length).toBeLessThan(vector.private_key_pb.length)
    else expect(again).toBe(vector.private_key_pb)
  })

  it.each(signed)('$id: signature', async vector => {
    const data = fromHex(vector.message ?? '')
    const key = privateKeyFromProtobuf(fromHex(vector.private_key_pb))
    expect(await key.publicKey.verify(data, fromHex(vector.signature ?? ''))).toBe(true)
    const own = await key.sign(data)
    expect(await key.publicKey.verify(data, own)).toBe(true)
    if (vector.signature_deterministic) expect(toHex(own)).toBe(vector.signature)
  })

  it.each(badSignatures)('refuses a signature: $reason', async ({ public_key_pb, message, signature }) => {
    const key = publicKeyFromProtobuf(fromHex(public_key_pb))
    expect(await key.verify(fromHex(message), fromHex(signature))).toBe(false)
  })

  it.each(signed)('$id: refuses signatures of other lengths and forms without throwing', async vector => {
    const key = publicKeyFromProtobuf(fromHex(vector.public_key_pb))
    const right = fromHex(vector.signature ?? '')
    const wrong = [
      new Uint8Array(0),
      right.subarray(1),
      right.subarray(0, -1),
      Uint8Array.of(...right, 0),
      right.fill(0)
    ]
    for (const signature of wrong) {
      expect(await key.verify(message, signature)).toBe(false)
    }
  })

  it.each(['Ed25519', 'secp256k1', 'ECDSA', 'RSA'] as const)('makes %s keys that sign', async type => {
    const key = await generateKeyPair(type)
    const other = await generateKeyPair(type)
    expect(key.type).toBe(type)
    expect(privateKeyFromProtobuf(privateKeyToProtobuf(key)).equals(key)).toBe(true)
    expect(key.equals(other)).toBe(false)
    const signature = await key.sign(message)
    expect(await key.publicKey.verify(message, signature)).toBe(true)
    expect(await other.publicKey.verify(message, signature)).toBe(false)
  })

  it('signs and verifies a rope', async () => {
    const key = ed25519FromSeed(new Uint8Array(32).fill(3))
    const rope = { subarray: () => message } as never
    expect(await key.sign(rope)).toEqual(await key.sign(message))
    expect(await key.publicKey.verify(rope, await key.sign(message))).toBe(true)
  })

  it.each(keyPairs)('$id: never shows the secret', vector => {
    const key = privateKeyFromProtobuf(fromHex(vector.private_key_pb))
    const shown = [inspected(key), JSON.stringify(key), String(key)]
    for (const text of shown) {
      expect(text).toContain(vector.peer_id_base58)
      expect(text).toContain('redacted')
      expect(text).not.toContain('raw')
    }
    expect(Object.keys(key)).not.toContain('raw')
  })

  it('gives JSON Web Keys that WebCrypto reads', async () => {
    const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' }
    for (const { private_key_pb } of keyPairs) {
      const key = privateKeyFromProtobuf(fromHex(private_key_pb))
      if (key.type !== 'RSA' && key.type !== 'ECDSA') continue
      const algorithm = key.type === 'RSA' ? rsa : ecdsa
      const secret = await crypto.subtle.importKey('jwk', key.jwk, algorithm, true, ['sign'])
      const open = await crypto.subtle.importKey('jwk', key.publicKey.jwk, algorithm, true, ['verify'])
      expect(new Uint8Array(await crypto.subtle.exportKey('spki', open))).toEqual(key.publicKey.raw)
      expect(secret.type).toBe('private')
    }
  })
}
