// node --conditions=@ts-libp2p/source packages/mplex/bench/link.ts
import { measureMuxer } from '../../stream/bench/muxer.ts'
import { mplex } from '../src/index.ts'

await measureMuxer(mplex()())
