import { decodeBase58, encodeBase58 } from '@ts-libp2p/bytes'
import { base58btc } from 'multiformats/bases/base58'
import { bench, describe } from 'vitest'
import { peerIdFromBytes, peerIdFromString, peerIdToBytes } from '../src/index.ts'

const ED25519 = '12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq'

describe.each([
  ['Ed25519', ED25519],
  ['hashed', 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'],
  ['secp256k1', '16Uiu2HAmLhLvBoYaoZfaMUKuibM6ac163GwKY74c5kiSLg5KvLpY'],
  ['CID', 'bafzaajaiaejcahwr5d5ofrfbis4l5d6uwr57hu5tjodrypfm6yaq6dsc2r2pzyt6']
])('peer id, %s', (_, text) => {
  const id = peerIdFromString(text)
  const bytes = peerIdToBytes(id)
  const other = peerIdFromBytes(bytes)
  bench('from text', () => void peerIdFromString(text))
  bench('from bytes', () => void peerIdFromBytes(bytes))
  bench('from bytes to text', () => void peerIdFromBytes(bytes).toString())
  bench('equals', () => void id.equals(other))
})

describe('base58', () => {
  const bytes = base58btc.baseDecode(ED25519)
  const target = new Uint8Array(ED25519.length)
  bench('decode, ours', () => void decodeBase58(ED25519, 0, ED25519.length, target, 0))
  bench('decode, multiformats', () => void base58btc.baseDecode(ED25519))
  bench('encode, ours', () => void encodeBase58(bytes))
  bench('encode, multiformats', () => void base58btc.baseEncode(bytes))
})
