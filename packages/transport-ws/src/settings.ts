import type { Clock, CounterGroup, Logger } from '@ts-libp2p/interface'

/** Key and certificate of a listener on secure addresses, as PEM. */
export interface ServerCertificate {
  readonly key: string | Uint8Array
  readonly cert: string | Uint8Array
}

/** Whom to trust when dialling secure addresses. Not in browsers, which decide for themselves. */
export interface ServerTrust {
  /** False accepts any certificate: for tests. The peer itself is authenticated above TLS. Default true. */
  readonly rejectUnauthorized?: boolean
  /** Authorities to trust instead of the well-known ones, as PEM. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[]
}

/** What every connection of a transport has in common. */
export interface ConnectionSettings {
  readonly clock: Clock
  readonly log: Logger
  readonly closeTimeoutMs: number
  readonly maxPayload: number
  readonly websocket: ServerTrust
}

export interface ListenerSettings extends ConnectionSettings {
  readonly backlog: number
  readonly maxConnections: number
  readonly tls: ServerCertificate | undefined
  /** Counts what became of inbound connections. */
  readonly inbound: CounterGroup | undefined
}
