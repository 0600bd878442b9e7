import { concat, fromHex, toHex } from '@ts-libp2p/bytes'
import { privateKeyFromProtobuf, publicKeyFromProtobuf, sha256 } from '@ts-libp2p/crypto'
import { isPeerId, type PeerId, peerIdSymbol } from '@ts-libp2p/interface'
import fc from 'fast-check'
import { base16 } from 'multiformats/bases/base16'
import { base32, base32upper } from 'multiformats/bases/base32'
import { base36, base36upper } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { base64url } from 'multiformats/bases/base64'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import {
  matchesPublicKey,
  peerIdFromBytes,
  peerIdFromCID,
  peerIdFromMultihash,
  peerIdFromPrivateKey,
  peerIdFromPublicKey,
  peerIdFromString,
  peerIdToBytes
} from '../src/index.ts'
import { invalidTexts, keyPair, keyPairs, texts } from './vectors.ts'

const error = (code: string): unknown => expect.objectContaining({ name: 'PeerIdError', code })
const isHashed = (type: string): boolean => type === 'RSA' || type === 'ECDSA'

/** As another package would make it: nothing in common with ours but the brand. */
const foreign = (multihash: string): PeerId => {
  const digest = Digest.decode(fromHex(multihash))
  return { [peerIdSymbol]: true, toMultihash: () => digest } as unknown as PeerId
}

describe.each(keyPairs)('$id', vector => {
  const id = peerIdFromString(vector.peer_id_base58)
  const publicKey = publicKeyFromProtobuf(fromHex(vector.public_key_pb))

  it('is the same from every form', () => {
    const forms = [
      peerIdFromPrivateKey(privateKeyFromProtobuf(fromHex(vector.private_key_pb))),
      peerIdFromPublicKey(publicKey),
      peerIdFromString(vector.peer_id_cid_base32),
      peerIdFromString(vector.peer_id_cid_base36),
      peerIdFromBytes(fromHex(vector.peer_id_multihash)),
      peerIdFromMultihash(Digest.decode(fromHex(vector.peer_id_multihash))),
      peerIdFromMultihash(fromHex(vector.peer_id_multihash)),
      peerIdFromCID(CID.parse(vector.peer_id_cid_base32))
    ]
    for (const form of forms) {
      expect(form.toString()).toBe(vector.peer_id_base58)
      expect(form.equals(id)).toBe(true)
      expect(form.type).toBe(id.type)
    }
  })

  it('shows every form', () => {
    const fresh = peerIdFromBytes(fromHex(vector.peer_id_multihash))
    expect(toHex(peerIdToBytes(fresh))).toBe(vector.peer_id_multihash)
    expect(toHex(fresh.toMultihash().bytes)).toBe(vector.peer_id_multihash)
    expect(fresh.toCID().toString(base32)).toBe(vector.peer_id_cid_base32)
    expect(fresh.toCID().toString(base36)).toBe(vector.peer_id_cid_base36)
    expect(fresh.toCID()).toBe(fresh.toCID())
    expect(JSON.stringify({ fresh })).toBe(`{"fresh":"${vector.peer_id_base58}"}`)
    expect((fresh as never)[Symbol.for('nodejs.util.inspect.custom')]).toSatisfy(
      show => show.call(fresh) === `PeerId(${vector.peer_id_base58})`
    )
    expect(isPeerId(fresh)).toBe(true)
  })

  it('has its type and, where it is inlined, its key', () => {
    expect(id.type).toBe(isHashed(vector.type) ? 'RSA' : vector.type)
    expect(id.publicKey?.equals(publicKey) ?? 'hashed').toBe(isHashed(vector.type) ? 'hashed' : true)
    const made = peerIdFromPublicKey(publicKey)
    expect(made.publicKey?.equals(publicKey)).toBe(true)
    expect(made.publicKey).toBe(isHashed(vector.type) ? publicKey : made.publicKey)
  })

  it('matches its key and no other', () => {
    for (const other of keyPairs) {
      const key = publicKeyFromProtobuf(fromHex(other.public_key_pb))
      expect(matchesPublicKey(id, key)).toBe(other.public_key_pb === vector.public_key_pb)
    }
    expect(matchesPublicKey(foreign(vector.peer_id_multihash), publicKey)).toBe(true)
  })
})

describe('text', () => {
  it.each(texts)('reads $text', ({ text, peer_id_multihash }) => {
    expect(toHex(peerIdToBytes(peerIdFromString(text)))).toBe(peer_id_multihash)
  })

  it.each(invalidTexts)('refuses $reason', ({ text }) => {
    expect(() => peerIdFromString(text)).toThrow(error('invalid-text'))
  })

  it.each([
    ['a space behind', '12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq '],
    ['a 1 too many', '112D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq'],
    ['a letter beyond ASCII', '12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pé'],
    ['far too long', `1${'z'.repeat(100_000)}`],
    ['only ones', '1'.repeat(60)],
    ['an unknown multibase', '7zaajaiaejcahwr5d5ofrfbis4l5d6uwr57hu5tjodrypfm6yaq6dsc2r2pzyt6'],
    ['a CIDv0 with a multibase prefix', `z${'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'}`],
    [
      'a CIDv2',
      base58btc.encode(concat([Uint8Array.of(2, 0x72), peerIdToBytes(peerIdFromString(texts[0]?.text ?? ''))]))
    ],
    ['an identity hash of other bytes', base58btc.baseEncode(Digest.create(0, new Uint8Array(36)).bytes)],
    ['a sha2-512', base58btc.encode(CID.createV1(0x72, Digest.create(0x13, new Uint8Array(64))).bytes)]
  ])('refuses %s', (_, text) => {
    expect(() => peerIdFromString(text)).toThrow(error('invalid-text'))
  })

  it('reads CIDs in any base that go reads, within the limit', () => {
    for (const vector of keyPairs) {
      const { bytes } = CID.parse(vector.peer_id_cid_base32)
      for (const base of [base58btc, base32, base32upper, base36, base36upper, base16, base64url]) {
        expect(peerIdFromString(base.encode(bytes)).toString()).toBe(vector.peer_id_base58)
      }
    }
  })

  it('quotes what it could not read, cut short', () => {
    expect(() => peerIdFromString('peer')).toThrow('peer id "peer"')
    const long = 'x'.repeat(5000)
    expect(() => peerIdFromString(long)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(long) })
    )
  })
})

describe('bytes', () => {
  const ed25519 = keyPair('spec-ed25519').peer_id_multihash
  const secp256k1 = keyPair('spec-secp256k1').peer_id_multihash
  const hashed = keyPair('spec-rsa').peer_id_multihash

  it.each([
    ['nothing', ''],
    ['a header only', '0024'],
    ['a cut Ed25519 id', ed25519.slice(0, -2)],
    ['a byte behind an Ed25519 id', `${ed25519}00`],
    ['a byte behind a hash', `${hashed}00`],
    ['a cut hash', hashed.slice(0, -2)],
    ['a sha1', `1114${'00'.repeat(20)}`],
    ['a sha2-256 cut to 20 bytes', `1214${'00'.repeat(20)}`],
    ['an identity hash of nothing', '0000'],
    ['an identity hash of text', `0005${'61'.repeat(5)}`],
    ['an inlined key of type RSA', `002408001220${ed25519.slice(12)}`],
    ['an inlined key with the fields in the other order', `00241220${ed25519.slice(12)}0801`],
    ['a length in two bytes', `00a400${ed25519.slice(4)}`],
    ['an Ed25519 key with the length of a secp256k1 key', `0025${ed25519.slice(4)}00`],
    ['a secp256k1 key with the type of Ed25519', secp256k1.replace('0802', '0801')]
  ])('refuses %s', (_, hex) => {
    expect(() => peerIdFromBytes(fromHex(hex))).toThrow(error('invalid-multihash'))
    expect(() => peerIdFromMultihash(fromHex(hex))).toThrow(error('invalid-multihash'))
  })

  it('copies what it is given', () => {
    const bytes = fromHex(ed25519)
    const id = peerIdFromBytes(bytes)
    bytes.fill(0)
    expect(id.toString()).toBe(keyPair('spec-ed25519').peer_id_base58)
  })

  it('accepts the hash of an Ed25519 key, which has the type of hashed ids', () => {
    const { public_key_pb } = keyPair('spec-ed25519')
    const key = publicKeyFromProtobuf(fromHex(public_key_pb))
    const id = peerIdFromBytes(concat([fromHex('1220'), sha256(fromHex(public_key_pb))]))
    expect(id.type).toBe('RSA')
    expect(id.publicKey).toBeUndefined()
    expect(matchesPublicKey(id, key)).toBe(true)
    expect(id.equals(peerIdFromPublicKey(key))).toBe(false)
  })

  it('reads a secp256k1 id that holds no point, and refuses its key when asked', () => {
    const id = peerIdFromBytes(fromHex(`002508021221${'02'.padEnd(64, '0')}05`))
    expect(id.type).toBe('secp256k1')
    expect(() => id.publicKey).toThrow(error('invalid-key'))
    expect(peerIdFromString(id.toString()).equals(id)).toBe(true)
  })

  it('either refuses arbitrary bytes, or gives them back', () => {
    const prefixes = fc.constantFrom('', '1220', '002408011220', '002508021221').map(fromHex)
    const rests = fc.oneof(
      ...[32, 33, undefined].map(length => fc.uint8Array({ minLength: length, maxLength: length }))
    )
    fc.assert(
      fc.property(prefixes, rests, (prefix, rest) => {
        const bytes = concat([prefix, rest])
        try {
          const id = peerIdFromBytes(bytes)
          expect(peerIdToBytes(peerIdFromString(id.toString()))).toEqual(bytes)
          expect(peerIdToBytes(peerIdFromCID(id.toCID() as CID))).toEqual(bytes)
        } catch (err) {
          expect(err).toEqual(error('invalid-multihash'))
        }
      })
    )
  })
})

describe('CIDs', () => {
  it('are CIDv1 of a libp2p key, or CIDv0 as parsers see a bare hash', () => {
    const text = 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'
    expect(peerIdFromCID(CID.parse(text)).toString()).toBe(text)
    expect(() => peerIdFromCID(CID.parse(text).toV1())).toThrow(error('invalid-cid'))
    const sha512 = CID.createV1(0x72, Digest.create(0x13, new Uint8Array(64)))
    expect(() => peerIdFromCID(sha512)).toThrow(error('invalid-multihash'))
  })
})

describe('equality', () => {
  const [one, two] = [keyPair('spec-ed25519'), keyPair('spec-rsa')]
  const id = peerIdFromString(one.peer_id_base58)

  it.each([
    ['the same text', one.peer_id_base58, true],
    ['another text', two.peer_id_base58, false],
    ['the same bytes', fromHex(one.peer_id_multihash), true],
    ['other bytes', fromHex(two.peer_id_multihash), false],
    ['another id of this package', peerIdFromString(one.peer_id_cid_base32), true],
    ['a different id of this package', peerIdFromString(two.peer_id_base58), false],
    ['the same id of another package', foreign(one.peer_id_multihash), true],
    ['a different id of another package', foreign(two.peer_id_multihash), false],
    ['nothing', undefined, false],
    ['null', null, false],
    ['a number', 5, false],
    ['an object', {}, false]
  ])('with %s', (_, other, equal) => {
    expect(id.equals(other)).toBe(equal)
  })
})

it('gives the bytes of ids of other packages', () => {
  const { peer_id_multihash } = keyPair('spec-rsa')
  expect(toHex(peerIdToBytes(foreign(peer_id_multihash)))).toBe(peer_id_multihash)
})
