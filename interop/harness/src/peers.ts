import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildGo } from './go-build.ts'
import { RemotePeer } from './remote-peer.ts'

export type MuxerName = 'yamux' | 'mplex'
export type SecurityName = 'noise' | 'tls'

/** An unmodified js-libp2p node. Runs on the Node that runs this, which must be 22 or later. */
export function startJsPeer(muxer: MuxerName = 'yamux'): Promise<RemotePeer> {
  const folder = dirname(createRequire(import.meta.url).resolve('@ts-libp2p/interop-js/package.json'))
  return RemotePeer.start({ command: process.execPath, args: [join(folder, 'src/peer.ts')], env: { MUXER: muxer } })
}

/**
 * An unmodified go-libp2p node, built first where it is not yet. Rejects with an `Error` that names the Go toolchain
 * when there is none.
 */
export async function startGoPeer({ security }: { security: SecurityName }): Promise<RemotePeer> {
  const command = await buildGo(fileURLToPath(new URL('../../go', import.meta.url)))
  return await RemotePeer.start({ command, args: [], env: { SECURITY: security } })
}
