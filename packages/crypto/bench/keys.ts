import * as browserEd25519 from '../src/ed25519.browser.ts'
import {
  generateKeyPair,
  hkdfSha256,
  publicKeyFromRaw,
  sha256,
  x25519KeyPair,
  x25519SharedSecret
} from '../src/index.ts'
import * as browserSecp256k1 from '../src/secp256k1.browser.ts'
import { report } from './measure.ts'

/** Microseconds per call on Node: `node --conditions=@ts-libp2p/source bench/keys.ts`; add `--conditions=browser`. */
const data = new Uint8Array(100)

for (const type of ['Ed25519', 'secp256k1', 'ECDSA', 'RSA'] as const) {
  const key = await generateKeyPair(type)
  const raw = key.publicKey.raw
  const signature = await key.sign(data)
  report(`${type} sign`, () => key.sign(data))
  report(`${type} verify`, () => key.publicKey.verify(data, signature))
  report(`${type} parse and verify once`, () => publicKeyFromRaw(raw).verify(data, signature))
  if (type === 'Ed25519') report(`${type} verify, noble`, () => browserEd25519.verifier(raw)(data, signature))
  if (type === 'secp256k1') report(`${type} verify, noble`, () => browserSecp256k1.verifier(raw)(data, signature))
}

const [one, two] = [await x25519KeyPair(), await x25519KeyPair()]
report('x25519KeyPair', () => x25519KeyPair())
report('x25519SharedSecret', () => x25519SharedSecret(one.privateKey, two.publicKey))
report('sha256 of 100 bytes', () => sha256(data))
report('hkdfSha256, 2 outputs', () => hkdfSha256(one.publicKey, two.publicKey, 2))
