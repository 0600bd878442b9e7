/**
 * Secio in one process over linked streams: no socket, both sides on one thread. Figures are per second of processor time.
 * Run it with `node --conditions=@ts-libp2p/source packages/secio/bench/secio.ts`.
 */
import { generateKeyPair } from '@ts-libp2p/crypto'
import type { MessageStream } from '@ts-libp2p/interface'
import { ByteStream, linkPair } from '@ts-libp2p/stream'
import { measureChannel } from '../../stream/bench/channel.ts'
import { secio } from '../src/index.ts'

const [alice, bob] = await Promise.all([generateKeyPair('Ed25519'), generateKeyPair('Ed25519')])
const [dialer, listener] = [secio()({ privateKey: alice }), secio()({ privateKey: bob })]

async function secure(): Promise<[MessageStream, MessageStream]> {
  const [a, b] = linkPair(end => new ByteStream(end))
  const results = await Promise.all([dialer.secureOutbound(a), listener.secureInbound(b)])
  return [results[0].connection, results[1].connection]
}

await measureChannel(secure, 400)
