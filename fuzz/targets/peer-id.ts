import { bytesEqual, fromUtf8 } from '@ts-libp2p/bytes'
import { peerIdFromBytes, peerIdFromPrivateKey, peerIdFromString, peerIdToBytes } from '@ts-libp2p/peer-id'
import { privateKeys } from '../src/examples.ts'
import { must, type Target } from '../src/target.ts'

/** Peer ids as bytes and as text. */
export const target: Target = {
  name: 'peer-id',
  maxBytes: 200,
  seeds: () => {
    const ids = privateKeys().map(key => peerIdFromPrivateKey(key))
    return ids.flatMap(id => [peerIdToBytes(id), fromUtf8(id.toString()), fromUtf8(id.toCID().toString())])
  },
  run(input) {
    const text = new TextDecoder().decode(input)
    const id = /^[\x21-\x7e]{20,}$/.test(text) ? peerIdFromString(text) : peerIdFromBytes(input)
    must(bytesEqual(peerIdToBytes(peerIdFromString(id.toString())), peerIdToBytes(id)), 'an id changes as text')
    must(peerIdFromString(id.toCID().toString()).equals(id), 'an id changes as CID')
  }
}
