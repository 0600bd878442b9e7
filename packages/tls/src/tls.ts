import { constants } from 'node:crypto'
import { connect, createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import {
  type Clock,
  type ConnectionEncrypter,
  type MessageStream,
  type PeerId,
  type PrivateKey,
  type Random,
  type SecureConnectionOptions,
  type SecuredConnection,
  type StreamMuxerFactory,
  serviceCapabilities,
  UnexpectedPeerError
} from '@ts-libp2p/interface'
import { peerIdFromPublicKey } from '@ts-libp2p/peer-id'
import { optional, raceSignal, systemClock, toError } from '@ts-libp2p/stream'
import { createCertificate } from './certificate.ts'
import { TlsChannel } from './channel.ts'
import { TlsError } from './errors.ts'
import type { Certificate } from './pem.ts'
import { verifyCertificate } from './verify.ts'

export const TLS_PROTOCOL = '/tls/1.0.0'

/** In ALPN: no muxer was chosen, it is negotiated afterwards. */
const NO_MUXER = 'libp2p'

export interface TlsOptions {
  /** Our certificate and its key, from `createCertificate`. Default: one with a fresh P-256 key for each node. */
  certificate?: Certificate
}

/** What `tls` needs of a node. */
export interface TlsComponents {
  privateKey: PrivateKey
  /** Says which muxers there are, by preference. Absent: the muxer is never chosen in the handshake. */
  upgrader?: { getStreamMuxers(): Map<string, StreamMuxerFactory> }
  /** When certificates are made and looked at. Default: the system's. */
  clock?: Clock
  /** Where the certificate's serial number comes from. Default: the system. */
  random?: Random
}

/**
 * The TLS channel of a node.
 *
 * @example
 * const encrypter = tls()({ privateKey })
 */
export function tls(options: TlsOptions = {}): (components: TlsComponents) => Tls {
  return components => new Tls(components, options)
}

type Muxers = Map<string, StreamMuxerFactory>

/** `ConnectionEncrypter` for `/tls/1.0.0`. A handshake that fails aborts the raw connection: nothing can follow on it. */
export class Tls implements ConnectionEncrypter {
  readonly protocol: string = TLS_PROTOCOL
  readonly [Symbol.toStringTag]: string = '@ts-libp2p/tls'
  private readonly components: TlsComponents
  private readonly clock: Clock
  /** Certificate and key, made and signed once. */
  private readonly context: Promise<SecureContext>

  constructor(components: TlsComponents, options: TlsOptions = {}) {
    this.components = components
    this.clock = optional(components, 'clock') ?? systemClock
    Object.assign(this, { [serviceCapabilities]: ['@libp2p/connection-encryption'] })
    this.context = createContext(options.certificate ?? this.newCertificate())
    // Every handshake meets the failure; before the first, nobody is there to handle it.
    this.context.catch(() => {})
  }

  /**
   * Dials. Rejects with a `TlsError`, an `UnexpectedPeerError` when somebody else than `remotePeer` answers, a
   * `ConnectionClosedError`, or `signal.reason`.
   */
  secureOutbound(raw: MessageStream, options: SecureConnectionOptions = {}): Promise<SecuredConnection> {
    const muxers = this.muxersFor(options)
    return this.secure(raw, options, muxers, secureContext => {
      const ALPNProtocols = [...muxers.keys(), NO_MUXER]
      return new TlsChannel(raw, 'client', socket =>
        connect({ socket, secureContext, rejectUnauthorized: false, ALPNProtocols })
      )
    })
  }

  /** Listens. Rejects as `secureOutbound` does. */
  secureInbound(raw: MessageStream, options: SecureConnectionOptions = {}): Promise<SecuredConnection> {
    const muxers = this.muxersFor(options)
    const ALPNCallback = ({ protocols }: { protocols: string[] }): string | undefined =>
      protocols.find(protocol => muxers.has(protocol) || protocol === NO_MUXER)
    return this.secure(raw, options, muxers, secureContext => {
      const server = { secureContext, isServer: true, requestCert: true, rejectUnauthorized: false, ALPNCallback }
      return new TlsChannel(raw, 'server', duplex => new TLSSocket(duplex, server))
    })
  }

  private async secure(
    raw: MessageStream,
    { signal, remotePeer: expected }: SecureConnectionOptions,
    muxers: Muxers,
    begin: (context: SecureContext) => TlsChannel
  ): Promise<SecuredConnection> {
    try {
      const channel = begin(await raceSignal(this.context, signal))
      await raceSignal(channel.secured, signal)
      const remotePeer = await raceSignal(this.identify(channel.socket), signal)
      if (expected !== undefined && !expected.equals(remotePeer)) {
        throw new UnexpectedPeerError(`${remotePeer} is at the far side, ${expected} was expected`)
      }
      const streamMuxer = chosenMuxer(channel.socket, muxers)
      return { connection: channel.open(), remotePeer, streamMuxer }
    } catch (err) {
      raw.abort(toError(err))
      throw err
    }
  }

  /** Who the certificate of the remote speaks for. It must be the only one. */
  private async identify(socket: TLSSocket): Promise<PeerId> {
    const certificate = socket.getPeerX509Certificate()
    if (certificate === undefined) throw new TlsError('no-certificate', 'the remote sent no certificate')
    if (certificate.issuerCertificate !== undefined) {
      throw new TlsError('too-many-certificates', 'the remote sent more than one certificate')
    }
    return peerIdFromPublicKey(await verifyCertificate(certificate.raw, this.clock.now()))
  }

  private newCertificate(): Promise<Certificate> {
    const { components } = this
    return createCertificate(components.privateKey, { random: optional(components, 'random'), nowMs: this.clock.now() })
  }

  private muxersFor({ skipStreamMuxerNegotiation = false }: SecureConnectionOptions): Muxers {
    return (skipStreamMuxerNegotiation ? undefined : this.components.upgrader?.getStreamMuxers()) ?? new Map()
  }
}

async function createContext(certificate: Certificate | Promise<Certificate>): Promise<SecureContext> {
  return createSecureContext({
    ...(await certificate),
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    // No state of a session is kept or given away, so that every connection shows its certificate.
    secureOptions: constants.SSL_OP_NO_TICKET
  })
}

/** The muxer that the listener picked. None when the dialer sent no list, or the listener knows none of it. */
function chosenMuxer({ alpnProtocol }: TLSSocket, muxers: Muxers): StreamMuxerFactory | undefined {
  if (!alpnProtocol || alpnProtocol === NO_MUXER) return undefined
  const muxer = muxers.get(alpnProtocol)
  if (muxer !== undefined) return muxer
  throw new TlsError('no-common-muxer', `the remote picked ${JSON.stringify(alpnProtocol)}, which was not on offer`)
}
