/**
 * Noise in one process over linked streams: no socket, both sides on one thread.
 * Figures are per second of processor time.
 * Run it with `node --conditions=@ts-libp2p/source packages/noise/bench/noise.ts`.
 */
import { generateKeyPair } from '@ts-libp2p/crypto'
import { measureChannel } from '../../stream/bench/channel.ts'
import { noise } from '../src/index.ts'

const [alice, bob] = await Promise.all([generateKeyPair('Ed25519'), generateKeyPair('Ed25519')])
await measureChannel(noise()({ privateKey: alice }), noise()({ privateKey: bob }), 1000)
