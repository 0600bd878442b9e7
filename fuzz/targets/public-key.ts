import { bytesEqual } from '@ts-libp2p/bytes'
import { publicKeyFromProtobuf, publicKeyFromRaw, publicKeyToProtobuf } from '@ts-libp2p/crypto'
import { peerIdFromPublicKey } from '@ts-libp2p/peer-id'
import { privateKeys } from '../src/examples.ts'
import { must, type Target } from '../src/target.ts'

/** Public keys: one key has one protobuf, and so one peer id. */
export const target: Target = {
  name: 'public-key',
  maxBytes: 1200,
  seeds: () => privateKeys().flatMap(({ publicKey }) => [publicKeyToProtobuf(publicKey), publicKey.raw]),
  run(input) {
    try {
      publicKeyFromRaw(input)
    } catch (err) {
      must((err as Error).name === 'CryptoError', String(err))
    }
    const key = publicKeyFromProtobuf(input)
    must(bytesEqual(publicKeyFromProtobuf(publicKeyToProtobuf(key)).raw, key.raw), 'a key changes when it is written')
    peerIdFromPublicKey(key)
  }
}
