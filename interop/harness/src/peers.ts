import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { RemotePeer } from './remote-peer.ts'

export type MuxerName = 'yamux' | 'mplex'

/** An unmodified js-libp2p node. Runs on the Node that runs this, which must be 22 or later. */
export function startJsPeer(muxer: MuxerName = 'yamux'): Promise<RemotePeer> {
  const folder = dirname(createRequire(import.meta.url).resolve('@ts-libp2p/interop-js/package.json'))
  return RemotePeer.start({ command: process.execPath, args: [join(folder, 'src/peer.ts')], env: { MUXER: muxer } })
}
