/**
 * TLS in one process over linked streams: no socket, both sides on one thread.
 * Figures are per second of processor time.
 * Run it with `node --conditions=@ts-libp2p/source packages/tls/bench/tls.ts`.
 */
import { generateKeyPair } from '@ts-libp2p/crypto'
import { measureChannel } from '../../stream/bench/channel.ts'
import { tls } from '../src/index.ts'

const [alice, bob] = await Promise.all([generateKeyPair('Ed25519'), generateKeyPair('Ed25519')])
await measureChannel(tls()({ privateKey: alice }), tls()({ privateKey: bob }), 400)
