import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildGo, buildRust, installPython } from './build/index.ts'
import { PUBSUB_DEFAULTS, type PubsubSettings } from './pubsub.ts'
import { RemotePeer } from './remote-peer.ts'

export type MuxerName = 'yamux' | 'mplex'
export type SecurityName = 'noise' | 'tls'

/** What a peer speaks: one of each, so that both sides know what a connection must be. */
export interface PeerOptions {
  /** Default noise. */
  security?: SecurityName
  /** Default yamux. */
  muxer?: MuxerName
  /** Publish/subscribe, where it is given; what is left out is `PUBSUB_DEFAULTS`. Not in Python. */
  pubsub?: Partial<PubsubSettings>
  /** The same number, 1 to 255, gives the same peer id. */
  seed?: number
  /** Protocols that it runs beside: `dht`, `mdns`; rust also `rendezvous` and `point`. Default none. */
  services?: readonly string[]
  /** By default a free TCP port and a free WebSocket port on 127.0.0.1. */
  listen?: readonly string[]
  /** Key and certificate, PEM, to listen with at `/tls/ws`. Only in Go and Rust. */
  certificate?: { readonly key: string; readonly cert: string }
  /** The network namespace to run in. */
  namespace?: string
}

/** An unmodified js-libp2p node. Runs on the Node that runs this, which must be 22 or later. */
export function startJsPeer(options: PeerOptions = {}): Promise<RemotePeer> {
  const folder = dirname(createRequire(import.meta.url).resolve('@ts-libp2p/interop-js/package.json'))
  return start([process.execPath, join(folder, 'src/peer.ts')], options)
}

/** An unmodified go-libp2p node, built first where it is not yet. Rejects as `buildGo` does. */
export async function startGoPeer(options: Omit<PeerOptions, 'muxer'> = {}): Promise<RemotePeer> {
  return await start([await buildGo(folderOf('go'))], options)
}

/** An unmodified rust-libp2p node, built first where it is not yet. Rejects as `buildRust` does. */
export async function startRustPeer(options: PeerOptions = {}): Promise<RemotePeer> {
  return await start([await buildRust(folderOf('rust'))], options)
}

/** An unmodified py-libp2p node that speaks secio and yamux, installed first where it is not yet. */
export async function startPythonPeer(): Promise<RemotePeer> {
  const folder = folderOf('python')
  return await RemotePeer.start({ command: await installPython(folder), args: [join(folder, 'peer.py')] })
}

function start(program: readonly string[], options: PeerOptions): Promise<RemotePeer> {
  const { namespace } = options
  const inside = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace]
  const [command, ...args] = [...inside, ...program] as [string, ...string[]]
  return RemotePeer.start({ command, args, env: environment(options) })
}

function environment(options: PeerOptions): Record<string, string> {
  const { security = 'noise', muxer = 'yamux', pubsub, seed, services, listen, certificate } = options
  return {
    ...{ SECURITY: security, MUXER: muxer },
    ...(pubsub === undefined ? {} : { PUBSUB: JSON.stringify({ ...PUBSUB_DEFAULTS, ...pubsub }) }),
    ...(seed === undefined ? {} : { SEED: String(seed) }),
    ...(services === undefined ? {} : { SERVICES: services.join() }),
    ...(listen === undefined ? {} : { LISTEN: listen.join() }),
    ...(certificate === undefined ? {} : { CERTIFICATE: JSON.stringify(derOf(certificate)) })
  }
}

/** As hex, the key as PKCS#8. */
function derOf({ key, cert }: { key: string; cert: string }): { key: string; certificate: string } {
  const pkcs8 = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' })
  return { key: pkcs8.toString('hex'), certificate: new X509Certificate(cert).raw.toString('hex') }
}

function folderOf(peer: string): string {
  return fileURLToPath(new URL(`../../${peer}`, import.meta.url))
}
