import { type ConnectionOptions, connect, createSecureContext, TLSSocket, type TLSSocketOptions } from 'node:tls'
import type { MessageStream } from '@ts-libp2p/interface'
import { eventually } from '@ts-libp2p/testing'
import type { Certificate } from '../src/pem.ts'
import { RawPort } from '../src/raw-port.ts'

/** Somebody else's TLS, of Node's, at the far end of a raw connection: it checks nothing and does what it is told. */
export class ForeignTls {
  readonly socket: TLSSocket
  readonly port: RawPort
  outcome: 'secured' | Error | undefined

  private constructor(raw: MessageStream, start: (port: RawPort) => TLSSocket) {
    const close = (err?: Error): void => void this.port.duplex.destroy(err)
    this.port = new RawPort(raw, {
      rawEnded: () => this.port.duplex.push(null),
      rawDrained: () => {},
      rawClosed: close
    })
    this.socket = start(this.port)
    this.socket.on('secure', () => {
      this.outcome = 'secured'
    })
    this.socket.on('error', err => {
      this.outcome = err
    })
  }

  static dial(raw: MessageStream, certificate?: Certificate, options: ConnectionOptions = {}): ForeignTls {
    const secureContext = createSecureContext({ ...certificate, maxVersion: options.maxVersion })
    return new ForeignTls(raw, ({ duplex }) =>
      connect({ socket: duplex, secureContext, rejectUnauthorized: false, ...options })
    )
  }

  static listen(raw: MessageStream, certificate?: Certificate, options: TLSSocketOptions = {}): ForeignTls {
    const secureContext = createSecureContext({ ...certificate, maxVersion: options.maxVersion })
    const server = { secureContext, isServer: true, requestCert: true, rejectUnauthorized: false, ...options }
    return new ForeignTls(raw, ({ duplex }) => new TLSSocket(duplex, server))
  }

  async done(): Promise<'secured' | Error> {
    await eventually('the foreign handshake is done', () => this.outcome !== undefined)
    return this.outcome as 'secured' | Error
  }
}
