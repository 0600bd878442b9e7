import type { Listener, Multiaddr } from '@ts-libp2p/interface'
import { multiaddr, nodeAddress } from '@ts-libp2p/multiaddr'
import type { ByteConnection } from '@ts-libp2p/stream'
import { CollectingUpgrader, rawDial } from '@ts-libp2p/testing'
import { type WebSocketsComponents, type WebSocketsOptions, webSockets } from '../src/index.ts'
import { certificate } from './certificate.ts'

export const trusting: WebSocketsOptions = { tls: certificate, websocket: { ca: certificate.cert } }

export interface ListeningOptions {
  listen?: string
  options?: WebSocketsOptions
  components?: WebSocketsComponents
}

export interface Listening {
  listener: Listener
  upgrader: CollectingUpgrader
  address: Multiaddr
  port: number
}

const open = new Set<{ abort(err: Error): void } | Listener>()

/** A listener on loopback, closed by `closeAll`. */
export async function listening({
  listen = '/ip4/127.0.0.1/tcp/0/ws',
  options,
  components
}: ListeningOptions = {}): Promise<Listening> {
  const upgrader = new CollectingUpgrader()
  const listener = webSockets({ ...trusting, ...options })(components).createListener({ upgrader })
  open.add(listener)
  await listener.listen(multiaddr(listen))
  const address = listener.getAddrs()[0] as Multiaddr
  return { listener, upgrader, address, port: nodeAddress(address).port }
}

/** Dials, to be ended by `closeAll`. */
export async function dial(
  to: Multiaddr | string,
  options: WebSocketsOptions = {},
  components?: WebSocketsComponents
): Promise<ByteConnection> {
  const ma = typeof to === 'string' ? multiaddr(to) : to
  const conn = await rawDial(webSockets({ ...trusting, ...options })(components), ma)
  open.add(conn)
  return conn
}

/** Both ends of a connection, ended by `closeAll`. */
export async function connected(
  options: ListeningOptions = {}
): Promise<Listening & { dialer: ByteConnection; acceptor: ByteConnection }> {
  const it = await listening(options)
  const [dialer, acceptor] = await Promise.all([
    dial(it.address, options.options, options.components),
    it.upgrader.accepted()
  ])
  open.add(acceptor)
  return { ...it, dialer, acceptor }
}

export async function closeAll(): Promise<void> {
  for (const each of open) {
    if ('abort' in each) each.abort(new Error('the test is over'))
    else await each.close()
  }
  open.clear()
}

/** Resolves with the error of the connection's end. */
export async function closed(conn: ByteConnection): Promise<Error | undefined> {
  if (conn.timeline.close !== undefined) return undefined
  return new Promise(resolve => conn.addEventListener('close', event => resolve(event.error)))
}

export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(resolve => setImmediate(resolve))
}
