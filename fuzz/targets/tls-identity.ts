import { publicKeyToProtobuf } from '@ts-libp2p/crypto'
import { readExtensions } from '../../packages/tls/src/extensions.ts'
import { decodeSignedKey, encodeSignedKey } from '../../packages/tls/src/identity.ts'
import { certificates, privateKeys } from '../src/examples.ts'
import type { Target } from '../src/target.ts'

/** The extension that holds the identity, and the list of extensions that it stands in. */
export const target: Target = {
  name: 'tls-identity',
  seeds: () => [
    ...certificates(),
    ...privateKeys().map(({ publicKey }) =>
      encodeSignedKey({ publicKey: publicKeyToProtobuf(publicKey), signature: new Uint8Array(64) })
    )
  ],
  run(input, random) {
    if (random.chance(0.5)) readExtensions(input)
    decodeSignedKey(input)
  }
}
