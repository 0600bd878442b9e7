import { bytesEqual } from '@ts-libp2p/bytes'
import { privateKeyFromProtobuf, privateKeyFromRaw, privateKeyToProtobuf } from '@ts-libp2p/crypto'
import { privateKeys } from '../src/examples.ts'
import { must, type Target } from '../src/target.ts'

/** Private keys, as they lie in a datastore or a file. */
export const target: Target = {
  name: 'private-key',
  maxBytes: 2500,
  seeds: () => privateKeys().flatMap(key => [privateKeyToProtobuf(key), key.raw]),
  run(input) {
    try {
      privateKeyFromRaw(input)
    } catch (err) {
      must((err as Error).name === 'CryptoError', String(err))
    }
    const key = privateKeyFromProtobuf(input)
    must(bytesEqual(privateKeyFromProtobuf(privateKeyToProtobuf(key)).raw, key.raw), 'a key changes when it is written')
  }
}
