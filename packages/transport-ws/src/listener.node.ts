import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import os from 'node:os'
import type { Listener, ListenerEvents, Multiaddr, Upgrader } from '@ts-libp2p/interface'
import { fromNodeAddress, reachableHosts } from '@ts-libp2p/multiaddr'
import { InboundUpgrades, TypedEvents, toError } from '@ts-libp2p/stream'
import type { WebSocket } from 'ws'
import { announcedSuffix, type Endpoint } from './endpoint.ts'
import { WsError, wsError } from './errors.ts'
import { HANDSHAKE_CHECK_MS, HANDSHAKE_TIMEOUT_MS, KEEP_ALIVE_MS } from './limits.ts'
import { localEndpoint } from './local-endpoint.node.ts'
import { connectionOver, webSocketOptions } from './node-connection.ts'
import type { ListenerSettings, ServerCertificate } from './settings.ts'

/** Accepts WebSockets on one address. */
export class WsListener extends TypedEvents<ListenerEvents> implements Listener {
  private readonly settings: ListenerSettings
  /** Sockets that have not become WebSockets yet, by address and port of the remote. */
  private readonly arriving = new Map<string, Socket>()
  private readonly upgrades: InboundUpgrades
  private server: Server | undefined
  private listenAddr: Multiaddr | undefined
  private local: Endpoint | undefined
  private starting: Promise<void> | undefined
  private isClosed = false

  constructor(upgrader: Upgrader, settings: ListenerSettings) {
    super()
    this.upgrades = new InboundUpgrades({ upgrader, log: settings.log, counter: settings.inbound })
    this.settings = settings
  }

  /** Rejects with a `WsError` that says why; the listener can then be closed only. */
  async listen(ma: Multiaddr): Promise<void> {
    if (this.isClosed) throw new WsError('listener-state', `cannot listen on ${ma}: the listener was closed`)
    if (this.starting !== undefined) throw new WsError('listener-state', `cannot listen on ${ma}: it listens already`)
    this.local = localEndpoint(ma)
    this.listenAddr = ma
    this.starting = this.start(this.local)
    await this.starting
    this.safeDispatchEvent('listening')
  }

  getAddrs(): Multiaddr[] {
    const bound = this.server?.address() as AddressInfo | null | undefined
    if (bound === null || bound === undefined || this.local === undefined) return []
    const suffix = announcedSuffix(this.local)
    return reachableHosts(bound.address, os).map(host =>
      fromNodeAddress({ host, port: bound.port }, 'tcp').encapsulate(suffix)
    )
  }

  updateAnnounceAddrs(): void {}

  /**
   * Stops accepting, and ends what has not become an upgraded connection. Those upgraded belong to whoever has them and
   * stay open.
   */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    await this.starting?.catch(() => {})
    // It ends its listening at once; its callback would wait for every connection to end.
    this.server?.close()
    for (const socket of this.arriving.values()) socket.destroy()
    const reason = new WsError('listener-closed', `the listener on ${this.listenAddr} was closed`)
    this.upgrades.abort(reason)
    this.safeDispatchEvent('close')
  }

  private async createServer(local: Endpoint): Promise<Server> {
    // Loaded when first used, as in dialling.
    const [server, { WebSocketServer }] = await Promise.all([httpServer(local, this.settings.tls), import('ws')])
    server.maxConnections = this.settings.maxConnections
    const webSockets = new WebSocketServer({
      ...webSocketOptions(this.settings),
      noServer: true,
      clientTracking: false,
      ...(local.path === undefined ? {} : { path: local.path })
    })
    server.on('connection', socket => this.arrived(socket))
    server.on('request', (_, response) => askForUpgrade(response))
    server.on('upgrade', (request, socket, head) => {
      webSockets.handleUpgrade(request, socket, head, ws => this.accept(ws, socket as Socket))
    })
    server.on('drop', () => this.refused())
    return server
  }

  private async start(local: Endpoint): Promise<void> {
    const doing = `cannot listen on ${this.listenAddr}`
    if (local.isSecure && this.settings.tls === undefined) {
      throw new WsError('no-certificate', `${doing} without the tls option`)
    }
    try {
      this.server = await this.createServer(local)
      await this.bind(this.server, local)
    } catch (err) {
      throw wsError(doing, toError(err))
    }
  }

  private bind(server: Server, { host, port, family }: Endpoint): Promise<void> {
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      // Without `ipv6Only` a socket on :: takes IPv4 too, and a second listener on 0.0.0.0 finds the port in use.
      server.listen({ host, port, backlog: this.settings.backlog, ipv6Only: family === 6 }, () => {
        server.off('error', reject)
        server.on('error', err => this.failed(err))
        resolve()
      })
    })
  }

  private arrived(socket: Socket): void {
    const key = keyOf(socket)
    this.arriving.set(key, socket)
    socket.once('close', () => {
      if (this.arriving.get(key) === socket) this.arriving.delete(key)
    })
  }

  private accept(ws: WebSocket, socket: Socket): void {
    this.arriving.delete(keyOf(socket))
    try {
      const conn = connectionOver(ws, socket, 'inbound', this.remoteAddressOf(socket), this.settings)
      void this.upgrades.add(conn)
    } catch (err) {
      ws.on('error', () => {})
      ws.terminate()
      this.failed(toError(err))
    }
  }

  private remoteAddressOf({ remoteAddress, remotePort }: Socket): Multiaddr {
    if (remoteAddress === undefined || remotePort === undefined) {
      throw new WsError('reset', 'the remote left before its address was looked at')
    }
    const suffix = this.local?.isSecure === true ? '/tls/ws' : '/ws'
    return fromNodeAddress({ host: remoteAddress, port: remotePort }, 'tcp').encapsulate(suffix)
  }

  private refused(): void {
    this.settings.log('a connection over the limit of %d was refused', this.settings.maxConnections)
    this.settings.inbound?.increment({ refused: true })
  }

  /** Accepting failed, for want of file descriptors mostly. The server goes on. */
  private failed(err: Error): void {
    const error = wsError(`listener on ${this.listenAddr}`, err)
    this.settings.log.error('%e', error)
    this.settings.inbound?.increment({ error: true })
    this.safeDispatchEvent('error', { detail: error })
  }
}

async function httpServer({ isSecure }: Endpoint, tls: ServerCertificate | undefined): Promise<Server> {
  const options = {
    headersTimeout: HANDSHAKE_TIMEOUT_MS,
    requestTimeout: HANDSHAKE_TIMEOUT_MS,
    connectionsCheckingInterval: HANDSHAKE_CHECK_MS,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS
  }
  if (!isSecure) return (await import('node:http')).createServer(options)
  const { key, cert } = tls as { key: string; cert: string }
  const { createServer } = await import('node:https')
  return createServer({ ...options, key, cert, handshakeTimeout: HANDSHAKE_TIMEOUT_MS })
}

/** The same for a socket and for the TLS socket over it. */
function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

/** Plain HTTP gets the answer that RFC 9110 has for it. */
function askForUpgrade(response: ServerResponse): void {
  response.writeHead(426, { connection: 'close, upgrade', upgrade: 'websocket', 'content-length': 0 }).end()
}
