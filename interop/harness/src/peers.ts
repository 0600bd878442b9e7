import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildGo, buildRust } from './build/index.ts'
import { RemotePeer } from './remote-peer.ts'

export type MuxerName = 'yamux' | 'mplex'
export type SecurityName = 'noise' | 'tls'

/** An unmodified js-libp2p node. Runs on the Node that runs this, which must be 22 or later. */
export function startJsPeer(muxer: MuxerName = 'yamux'): Promise<RemotePeer> {
  const folder = dirname(createRequire(import.meta.url).resolve('@ts-libp2p/interop-js/package.json'))
  return RemotePeer.start({ command: process.execPath, args: [join(folder, 'src/peer.ts')], env: { MUXER: muxer } })
}

/** An unmodified go-libp2p node, built first where it is not yet. Rejects as `buildGo` does. */
export async function startGoPeer({ security }: { security: SecurityName }): Promise<RemotePeer> {
  return await RemotePeer.start({ command: await buildGo(folderOf('go')), args: [], env: { SECURITY: security } })
}

/** An unmodified rust-libp2p node, built first where it is not yet. Rejects as `buildRust` does. */
export async function startRustPeer(options: { security: SecurityName; muxer: MuxerName }): Promise<RemotePeer> {
  const env = { SECURITY: options.security, MUXER: options.muxer }
  return await RemotePeer.start({ command: await buildRust(folderOf('rust')), args: [], env })
}

function folderOf(peer: string): string {
  return fileURLToPath(new URL(`../../${peer}`, import.meta.url))
}
