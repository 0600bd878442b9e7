import {
  type ClearableSignal,
  type Clock,
  type Connection,
  type ConnectionEncrypter,
  type ConnectionGater,
  type ConnectionProtector,
  InvalidParametersError,
  type MessageStream,
  type MultiaddrConnection,
  type PeerId,
  type SecuredConnection,
  type StreamMuxer,
  type StreamMuxerFactory,
  type Undo,
  UnexpectedPeerError,
  type Upgrader as UpgraderContract,
  type UpgraderOptions,
  type UpgraderWithoutEncryptionOptions
} from '@ts-libp2p/interface'
import { peerIdOf } from '@ts-libp2p/multiaddr'
import { handle, select, selectOptimistic } from '@ts-libp2p/multistream-select'
import { peerIdFromString } from '@ts-libp2p/peer-id'
import { defer, isAttachable, isPromise, raceSignal, toError } from '@ts-libp2p/stream'
import type { InboundHandshakes } from '#handshakes'
import type { SwarmConnection, UpgradedParts } from './connection.ts'
import { deadline } from './deadline.ts'
import { type DialStep, SwarmError } from './errors.ts'
import type { SwarmLimits } from './limits.ts'

/** Told which step an upgrade enters, and with what. */
export type StepReport = (step: DialStep, name?: string) => void

export interface UpgraderInit {
  encrypters: Map<string, ConnectionEncrypter>
  muxers: Map<string, StreamMuxerFactory>
  protector?: ConnectionProtector
  gater: ConnectionGater
  handshakes: InboundHandshakes
  limits: SwarmLimits
  clock: Clock
  /** Makes the connection object; it is not in the table yet. */
  create: (parts: UpgradedParts) => SwarmConnection
  /** Puts a finished connection into the table. Throws when there is no room. */
  admit: (connection: SwarmConnection) => void
}

type Options = Partial<UpgraderWithoutEncryptionOptions> & UpgraderOptions

interface Pass {
  readonly raw: MultiaddrConnection
  readonly options: Options
  readonly direction: 'inbound' | 'outbound'
  /** Plays the client in every negotiation. */
  readonly isInitiator: boolean
  readonly expected?: PeerId
  readonly report: StepReport
}

/**
 * Turns raw connections into authenticated, multiplexed ones: gate, protect, secure, gate, multiplex, gate. A dialer
 * with a single choice of security or muxer does not wait for its confirmation, which is what makes a dial and its
 * first answer three round trips over TCP.
 */
export class Upgrader implements UpgraderContract {
  private readonly init: UpgraderInit

  constructor(init: UpgraderInit) {
    this.init = init
  }

  getStreamMuxers(): Map<string, StreamMuxerFactory> {
    return this.init.muxers
  }

  getConnectionEncrypters(): Map<string, ConnectionEncrypter> {
    return this.init.encrypters
  }

  createInboundAbortSignal(signal: AbortSignal): ClearableSignal {
    return deadline(this.init.clock, this.init.limits.inboundUpgradeTimeoutMs, 'the inbound upgrade', signal)
  }

  async upgradeOutbound(
    raw: MultiaddrConnection,
    options: UpgraderOptions | UpgraderWithoutEncryptionOptions
  ): Promise<Connection> {
    const connection = await this.outbound(raw, options, peerInAddress(raw), () => {})
    this.init.admit(connection)
    return connection
  }

  async upgradeInbound(
    raw: MultiaddrConnection,
    options: UpgraderOptions | UpgraderWithoutEncryptionOptions
  ): Promise<void> {
    // Behind a promise in browsers only, and there only for the first.
    const begun: Undo | Promise<Undo> = this.init.handshakes.begin(raw)
    const ended = isPromise(begun) ? await begun : begun
    try {
      const isInitiator = options.initiator ?? false
      const connection = await this.run({ raw, options, direction: 'inbound', isInitiator, report: () => {} })
      this.init.admit(connection)
    } finally {
      ended()
    }
  }

  /** An upgrader for one dial: knows who must answer, reports its steps, and leaves admission to the dialer. */
  forDial(expected: PeerId | undefined, report: StepReport): UpgraderContract & { result?: SwarmConnection } {
    const contract: UpgraderContract & { result?: SwarmConnection } = {
      upgradeOutbound: async (raw: MultiaddrConnection, options: UpgraderOptions) => {
        contract.result = await this.outbound(raw, options, expected ?? peerInAddress(raw), report)
        return contract.result
      },
      upgradeInbound: (raw: MultiaddrConnection, options: UpgraderOptions) => this.upgradeInbound(raw, options),
      createInboundAbortSignal: signal => this.createInboundAbortSignal(signal),
      getStreamMuxers: () => this.getStreamMuxers(),
      getConnectionEncrypters: () => this.getConnectionEncrypters()
    }
    return contract
  }

  private outbound(
    raw: MultiaddrConnection,
    options: Options,
    expected: PeerId | undefined,
    report: StepReport
  ): Promise<SwarmConnection> {
    return this.run({ raw, options, direction: 'outbound', isInitiator: options.initiator ?? true, expected, report })
  }

  private async run(pass: Pass): Promise<SwarmConnection> {
    const { raw, options } = pass
    const onAbort = (): void => raw.abort(toError(options.signal.reason))
    if (options.signal?.aborted) onAbort()
    else options.signal?.addEventListener('abort', onAbort, { once: true })
    try {
      return await this.upgrade(pass)
    } catch (err) {
      const reason = options.signal?.aborted ? toError(options.signal.reason) : toError(err)
      raw.abort(reason)
      throw reason
    } finally {
      options.signal?.removeEventListener('abort', onAbort)
    }
  }

  private async upgrade(pass: Pass): Promise<SwarmConnection> {
    const { raw, options, direction, expected } = pass
    const { gater, protector } = this.init
    await this.gate(
      pass,
      direction === 'inbound'
        ? gater.denyInboundConnection?.(raw)
        : expected && gater.denyOutboundConnection?.(expected, raw)
    )

    if (protector !== undefined && options.skipProtection === true) {
      throw new SwarmError(
        'unprotected',
        `this network is private, and ${raw.remoteAddr} is reached in a way that cannot be protected`
      )
    }
    let stream: MessageStream = raw
    if (protector !== undefined) {
      pass.report('protect')
      stream = await protector.protect(raw, { signal: options.signal })
    }
    const secured =
      options.skipEncryption === true ? withoutEncryption(stream, options) : await this.secure(pass, stream)
    const remotePeer = secured.remotePeer
    if (expected !== undefined && !expected.equals(remotePeer)) {
      throw new UnexpectedPeerError(`${remotePeer} answered at ${raw.remoteAddr} instead of ${expected}`)
    }
    const inbound = direction === 'inbound'
    await this.gate(
      pass,
      inbound
        ? gater.denyInboundEncryptedConnection?.(remotePeer, raw)
        : gater.denyOutboundEncryptedConnection?.(remotePeer, raw)
    )
    const muxer = await this.multiplex(pass, secured)
    await this.gate(
      pass,
      inbound
        ? gater.denyInboundUpgradedConnection?.(remotePeer, raw)
        : gater.denyOutboundUpgradedConnection?.(remotePeer, raw)
    )
    const { limits } = options
    const { connection, protocol: encryption } = secured
    return this.init.create({ raw, secured: connection, muxer, remotePeer, direction, encryption, limits })
  }

  private async secure(pass: Pass, stream: MessageStream): Promise<SecuredConnection & { protocol?: string }> {
    const { options, expected, isInitiator } = pass
    const { encrypters } = this.init
    pass.report('security', [...encrypters.keys()].join(' or '))
    const chosen = await this.negotiate(stream, encrypters, isInitiator, options.signal)
    const encrypter = encrypters.get(chosen.protocol) as ConnectionEncrypter
    pass.report('security', chosen.protocol)
    const secureOptions = {
      signal: options.signal,
      remotePeer: expected,
      skipStreamMuxerNegotiation: options.muxerFactory !== undefined
    }
    const run = isInitiator
      ? encrypter.secureOutbound(stream, secureOptions)
      : encrypter.secureInbound(stream, secureOptions)
    const secured = await chosen.guard(run)
    return { ...secured, protocol: chosen.protocol }
  }

  private async multiplex(pass: Pass, secured: SecuredConnection): Promise<StreamMuxer> {
    const { options, isInitiator } = pass
    const { connection } = secured
    const early = options.muxerFactory ?? secured.streamMuxer
    if (early !== undefined) {
      pass.report('muxer', early.protocol)
      return early.createStreamMuxer(connection)
    }
    const { muxers } = this.init
    pass.report('muxer', [...muxers.keys()].join(' or '))
    const chosen = await this.negotiate(connection, muxers, isInitiator, options.signal)
    pass.report('muxer', chosen.protocol)
    const factory = muxers.get(chosen.protocol) as StreamMuxerFactory
    return factory.createStreamMuxer(connection)
  }

  private async negotiate(
    stream: MessageStream,
    choices: Map<string, unknown>,
    isInitiator: boolean,
    signal: AbortSignal | undefined
  ): Promise<Chosen> {
    const names = [...choices.keys()]
    const only = names.length === 1 ? names[0] : undefined
    if (isInitiator && only !== undefined && isAttachable(stream)) {
      // The answer may come when the dial is over and its signal spent: it has a deadline of its own.
      const time = deadline(this.init.clock, this.init.limits.protocolTimeoutMs, `the answer to ${only}`)
      const { confirmed } = selectOptimistic(stream, only, { signal: time })
      confirmed.then(time.clear, time.clear)
      return { protocol: only, guard: work => preferRefusal(work, confirmed) }
    }
    const protocol = isInitiator ? await select(stream, names, { signal }) : await handle(stream, choices, { signal })
    return { protocol, guard: work => work }
  }

  /** Undefined answers cost nothing: a gater without hooks adds no turn of the event loop. */
  private async gate(pass: Pass, verdict: Promise<boolean> | boolean | undefined | 0): Promise<void> {
    if (verdict === undefined || verdict === false || verdict === 0) return
    if (await raceSignal(Promise.resolve(verdict), pass.options.signal)) {
      throw new SwarmError(
        'denied',
        `the connection gater denied the ${pass.direction} connection with ${pass.raw.remoteAddr}`
      )
    }
  }
}

interface Chosen {
  readonly protocol: string
  /** The outcome of what was begun before the choice was confirmed: a refusal is the better reason for its failure. */
  guard<T>(work: Promise<T>): Promise<T>
}

async function preferRefusal<T>(work: Promise<T>, confirmed: Promise<void>): Promise<T> {
  try {
    return await work
  } catch (err) {
    // A refusal, if there was one, came before `work` could fail of it: one turn lets its promise say so.
    const turn = new Promise<undefined>(resolve => defer(() => resolve(undefined)))
    throw (await Promise.race([confirmed.then(() => undefined, toError), turn])) ?? err
  }
}

function withoutEncryption(connection: MessageStream, options: Options): SecuredConnection & { protocol?: string } {
  if (options.remotePeer === undefined) {
    throw new InvalidParametersError('a connection that skips encryption needs `remotePeer`')
  }
  return { connection, remotePeer: options.remotePeer }
}

function peerInAddress(raw: MultiaddrConnection): PeerId | undefined {
  const text = peerIdOf(raw.remoteAddr)
  return text === undefined ? undefined : peerIdFromString(text)
}
