import { concat } from '@ts-libp2p/bytes'
import { publicKeyToProtobuf } from '@ts-libp2p/crypto'
import { ALL } from '../../packages/secio/src/algorithms.ts'
import { createProposal } from '../../packages/secio/src/proposal.ts'
import { privateKeys } from './examples.ts'

const framed = (bytes: Uint8Array): Uint8Array =>
  concat([Uint8Array.of(0, 0, bytes.byteLength >>> 8, bytes.byteLength), bytes])

/** First messages of a handshake, and something where the second would be. */
export function secioProposals(): Uint8Array[] {
  const nonce = new Uint8Array(16).fill(9)
  return privateKeys().map(({ publicKey }) => {
    const proposal = createProposal(nonce, publicKeyToProtobuf(publicKey), ALL)
    const exchange = concat([
      Uint8Array.of(0x0a, 65, 4),
      new Uint8Array(64),
      Uint8Array.of(0x12, 64),
      new Uint8Array(64)
    ])
    return concat([framed(proposal.bytes), framed(exchange), framed(new Uint8Array(48))])
  })
}
