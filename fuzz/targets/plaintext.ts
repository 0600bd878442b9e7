import { concat, encodeVarint, lengthPrefixed } from '@ts-libp2p/bytes'
import { publicKeyToProtobuf } from '@ts-libp2p/crypto'
import { peerIdFromPublicKey, peerIdToBytes } from '@ts-libp2p/peer-id'
import { exchange } from '@ts-libp2p/plaintext'
import { identity } from '@ts-libp2p/testing'
import { privateKeys } from '../src/examples.ts'
import { play } from '../src/quiet-stream.ts'
import type { Target } from '../src/target.ts'

const { publicKey: own } = identity('plaintext').privateKey
const field = (number: number, bytes: Uint8Array): Uint8Array =>
  concat([encodeVarint(number * 8 + 2), encodeVarint(bytes.byteLength), bytes])

/** The exchange of id and key. */
export const target: Target = {
  name: 'plaintext',
  maxBytes: 2000,
  seeds: () =>
    privateKeys().map(({ publicKey }) =>
      lengthPrefixed(
        concat([field(1, peerIdToBytes(peerIdFromPublicKey(publicKey))), field(2, publicKeyToProtobuf(publicKey))])
      )
    ),
  run: async (input, random) => void (await play(exchange(own), input, random))
}
