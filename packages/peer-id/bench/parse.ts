import { decodeBase58, encodeBase58 } from '@ts-libp2p/bytes'
import { base58btc } from 'multiformats/bases/base58'
import { peerIdFromBytes, peerIdFromString, peerIdToBytes } from '../src/index.ts'
import { report } from './measure.ts'

/** Nanoseconds per call: `node --conditions=@ts-libp2p/source bench/parse.ts` */
const TEXTS = {
  Ed25519: '12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq',
  hashed: 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
  secp256k1: '16Uiu2HAmLhLvBoYaoZfaMUKuibM6ac163GwKY74c5kiSLg5KvLpY',
  CID: 'bafzaajaiaejcahwr5d5ofrfbis4l5d6uwr57hu5tjodrypfm6yaq6dsc2r2pzyt6'
}

for (const [name, text] of Object.entries(TEXTS)) {
  const id = peerIdFromString(text)
  const bytes = peerIdToBytes(id)
  const other = peerIdFromBytes(bytes)
  report(`${name}: peerIdFromString`, () => peerIdFromString(text))
  report(`${name}: peerIdFromBytes`, () => peerIdFromBytes(bytes))
  report(`${name}: peerIdFromBytes, toString`, () => peerIdFromBytes(bytes).toString())
  report(`${name}: equals`, () => id.equals(other))
}

const text = TEXTS.Ed25519
const bytes = base58btc.baseDecode(text)
const target = new Uint8Array(text.length)
report('decodeBase58', () => decodeBase58(text, 0, text.length, target, 0))
report('multiformats base58 decode', () => base58btc.baseDecode(text))
report('encodeBase58', () => encodeBase58(bytes))
report('multiformats base58 encode', () => base58btc.baseEncode(bytes))
