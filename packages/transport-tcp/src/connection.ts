import net, { type Socket } from 'node:net'
import type { Clock, Logger, Multiaddr } from '@ts-libp2p/interface'
import { fromNodeAddress } from '@ts-libp2p/multiaddr'
import { ByteConnection } from '@ts-libp2p/stream'
import { socketAddress } from './address.ts'
import { tcpError } from './errors.ts'
import { lentReads, withLentReads } from './lent-reads.ts'
import { NAME_ATTEMPT_TIMEOUT_MS } from './limits.ts'
import { SocketOwner } from './socket-owner.ts'

/** What every connection of a transport has in common. */
export interface ConnectionSettings {
  readonly clock: Clock
  readonly log: Logger
  readonly closeTimeoutMs: number
  readonly keepAliveMs: number
  readonly socketInactivityTimeoutMs: number
}

/** Connects. Rejects with a `TcpError`, or with `signal.reason`, and leaves no socket behind then. */
export async function connect(
  remoteAddr: Multiaddr,
  settings: ConnectionSettings,
  signal: AbortSignal
): Promise<ByteConnection> {
  signal.throwIfAborted()
  const owner = new SocketOwner({ ...settings, remoteAddr })
  const options: net.NetConnectOpts = {
    ...socketAddress(remoteAddr),
    ...keepAlive(settings),
    onread: lentReads(chunk => owner.receive(chunk)),
    allowHalfOpen: true,
    noDelay: true,
    autoSelectFamilyAttemptTimeout: NAME_ATTEMPT_TIMEOUT_MS
  }
  return new Promise((resolve, reject) => {
    const socket = net.connect(options)
    const abort = (): void => {
      socket.destroy()
      reject(signal.reason)
    }
    const fail = (err: Error): void => {
      signal.removeEventListener('abort', abort)
      reject(tcpError(`cannot connect to ${remoteAddr}`, err))
    }
    signal.addEventListener('abort', abort, { once: true })
    // Stays when the dial was aborted: what a destroyed socket still reports must not become an uncaught exception.
    socket.on('error', fail)
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort)
      socket.off('error', fail)
      resolve(open(owner, socket, 'outbound', remoteAddr, true, settings))
    })
  })
}

/**
 * The connection over a socket that a server with `pauseOnConnect` accepted; undefined when the remote left before we
 * looked. `listenAddr` stands for the remote where it has no address: unix sockets.
 */
export function accepted(
  socket: Socket,
  listenAddr: Multiaddr,
  isUnix: boolean,
  settings: ConnectionSettings
): ByteConnection | undefined {
  const remoteAddr = isUnix ? listenAddr : remoteAddressOf(socket)
  if (remoteAddr === undefined) {
    socket.destroy()
    return undefined
  }
  const owner = new SocketOwner({ ...settings, remoteAddr })
  const lent = withLentReads(
    socket,
    lentReads(chunk => owner.receive(chunk))
  )
  if (lent !== undefined) return open(owner, lent, 'inbound', remoteAddr, true, settings)
  const conn = open(owner, socket, 'inbound', remoteAddr, false, settings)
  socket.on('data', ({ buffer, byteOffset, byteLength }: Buffer) => {
    owner.receive(new Uint8Array(buffer, byteOffset, byteLength))
  })
  socket.resume()
  return conn
}

export function keepAlive({ keepAliveMs }: { keepAliveMs: number }): {
  keepAlive: boolean
  keepAliveInitialDelay: number
} {
  return { keepAlive: keepAliveMs > 0, keepAliveInitialDelay: keepAliveMs }
}

function open(
  owner: SocketOwner,
  socket: Socket,
  direction: 'inbound' | 'outbound',
  remoteAddr: Multiaddr,
  lendsBuffers: boolean,
  { clock, log, socketInactivityTimeoutMs }: ConnectionSettings
): ByteConnection {
  const inactivityTimeout = socketInactivityTimeoutMs
  const conn = new ByteConnection({ owner, direction, remoteAddr, lendsBuffers, clock, log, inactivityTimeout })
  owner.join(conn, socket)
  return conn
}

function remoteAddressOf(socket: Socket): Multiaddr | undefined {
  const { remoteAddress, remotePort } = socket
  if (remoteAddress === undefined || remotePort === undefined) return undefined
  return fromNodeAddress({ host: remoteAddress, port: remotePort }, 'tcp')
}
