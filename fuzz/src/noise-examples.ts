import { concat } from '@ts-libp2p/bytes'
import { x25519KeyPairFromPrivate } from '@ts-libp2p/crypto'
import { createCredentials, type HandshakeOptions, initiator, responder } from '@ts-libp2p/noise'
import { runDialogue } from '@ts-libp2p/stream'
import { connectionPair, identity } from '@ts-libp2p/testing'

type Role = 'initiator' | 'responder'

/** One side of a handshake whose keys are always the same: what the other says then fits again and again. */
export function noiseSide(role: Role): HandshakeOptions {
  const fill = role === 'initiator' ? 1 : 3
  const key = (n: number) => x25519KeyPairFromPrivate(new Uint8Array(32).fill(n)) as never
  return {
    credentials: createCredentials(identity(role).privateKey, key(fill)),
    ephemeralKey: key(fill + 1),
    extensions: { streamMuxers: ['/yamux/1.0.0'] }
  }
}

/** What each side hears in a handshake between the two. */
export async function noiseTranscript(): Promise<{ toInitiator: Uint8Array; toResponder: Uint8Array }> {
  const heard: Record<'inbound' | 'outbound', Uint8Array[]> = { inbound: [], outbound: [] }
  const [dialer, listener] = connectionPair({
    intercept: ({ from, bytes }) => {
      heard[from].push(bytes)
      return { bytes }
    }
  })
  await Promise.all([
    runDialogue(dialer, initiator(noiseSide('initiator'))),
    runDialogue(listener, responder(noiseSide('responder')))
  ])
  return { toInitiator: concat(heard.inbound), toResponder: concat(heard.outbound) }
}
