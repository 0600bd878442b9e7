import { concat } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { keyDigest } from '../src/index.ts'
import { keyCid } from '../src/key-cid.browser.ts'

const LIBP2P_KEY = 0x72
const multihashes = fc
  .tuple(fc.constantFrom(0x00, 0x12), fc.uint8Array({ minLength: 32, maxLength: 37 }))
  .map(([code, digest]) => concat([Uint8Array.of(code, digest.byteLength), digest]))

describe('the CID of a key in browsers', () => {
  it('is what multiformats makes of the same multihash', () => {
    fc.assert(
      fc.property(multihashes, multihash => {
        const cid = keyCid(keyDigest(multihash))
        const theirs = CID.createV1(LIBP2P_KEY, Digest.decode(multihash))
        expect(CID.asCID(cid)).toEqual(theirs)
        expect(CID.decode(cid.bytes)).toEqual(theirs)
        expect([cid.byteOffset, cid.byteLength]).toEqual([theirs.byteOffset, theirs.byteLength])
        for (const base of [undefined, base36, base58btc]) expect(cid.toString(base)).toBe(theirs.toString(base))
        expect(JSON.stringify(cid)).toBe(JSON.stringify(theirs))
        expect(Object.prototype.toString.call(cid)).toBe('[object CID]')
        expect(cid.equals(theirs) && theirs.equals(cid) && cid.equals(keyCid(keyDigest(multihash)))).toBe(true)
      })
    )
  })

  it('differs from other CIDs, and from what is none', () => {
    const digest = keyDigest(Uint8Array.of(0x12, 1, 7))
    const cid = keyCid(digest)
    const others = [keyCid(keyDigest(Uint8Array.of(0x12, 1, 8))), CID.createV1(0x55, digest), undefined, null, 'x', {}]
    for (const other of others) expect(cid.equals(other)).toBe(false)
  })

  it('converts to what it is, and to no CIDv0', () => {
    const cid = keyCid(keyDigest(Uint8Array.of(0x12, 1, 7)))
    expect([cid.toV1(), cid.link(), cid.asCID]).toEqual([cid, cid, cid])
    expect(() => cid.toV0()).toThrow('Cannot convert a non dag-pb CID to CIDv0')
  })
})
