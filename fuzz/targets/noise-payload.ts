import { publicKeyToProtobuf } from '@ts-libp2p/crypto'
import { decodePayload, encodePayload } from '../../packages/noise/src/payload.ts'
import { privateKeys } from '../src/examples.ts'
import type { Target } from '../src/target.ts'

/** What is inside the handshake's messages once they are decrypted: whoever speaks to us writes it. */
export const target: Target = {
  name: 'noise-payload',
  maxBytes: 2000,
  seeds: () =>
    privateKeys().map(({ publicKey }) =>
      encodePayload({
        identityKey: publicKeyToProtobuf(publicKey),
        signature: new Uint8Array(64),
        extensions: { webtransportCerthashes: [new Uint8Array(34)], streamMuxers: ['/yamux/1.0.0', '/mplex/6.7.0'] }
      })
    ),
  run: input => void decodePayload(input)
}
