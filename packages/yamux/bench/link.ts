// node --conditions=@ts-libp2p/source packages/yamux/bench/link.ts
import { measureMuxer } from '../../stream/bench/muxer.ts'
import { yamux } from '../src/index.ts'

await measureMuxer(yamux()())
