import {
  AbortError,
  type AbortOptions,
  type Logger,
  type Node,
  NotFoundError,
  NotStartedError,
  type PeerDiscovery,
  type PeerDiscoveryEvents,
  type PeerId,
  type PeerInfo,
  type PeerRouting,
  peerDiscoverySymbol,
  peerRoutingSymbol,
  type RoutingOptions,
  type Startable,
  type Undo
} from '@ts-libp2p/interface'
import { abortable, Deadlines, Loop, TypedEvents, type Waiter } from '@ts-libp2p/stream'
import { type Effect, MdnsCore, type Source } from './core.ts'
import * as limits from './limits.ts'
import { randomInstance, recordName, type ServiceNames, serviceNames } from './names.ts'
import type { CheckedOptions } from './options.ts'
import { decodePacket, encodePacket } from './packet.ts'
import { RecordQuestions } from './record-questions.ts'
import type { LocalRecords } from './records.ts'
import type { Carrier, OpenCarrier } from './sockets.ts'

export interface Mdns extends Startable, PeerDiscovery {
  readonly [peerDiscoverySymbol]: PeerDiscovery
  readonly [peerRoutingSymbol]: Pick<PeerRouting, 'findPeer'>
  /**
   * Where a peer of the local network is: from what was heard, or by asking everybody for it. Rejects with a
   * `NotFoundError` when nobody answers in time, an `MdnsError` (`full`) or `signal.reason`.
   */
  findPeer(peer: PeerId, options?: RoutingOptions): Promise<PeerInfo>
  /** Bytes that peers of the local network answer for. */
  readonly records: LocalRecords
}

export function createMdns(node: Node, options: CheckedOptions, open: OpenCarrier): Mdns {
  return new MdnsService(node, options, open)
}

class MdnsService extends TypedEvents<PeerDiscoveryEvents> implements Mdns {
  readonly records: LocalRecords
  private readonly node: Node
  private readonly options: CheckedOptions
  private readonly log: Logger
  private readonly open: OpenCarrier
  private readonly names: ServiceNames
  private readonly deadlines: Deadlines
  private readonly scans: Loop
  private readonly questions: RecordQuestions
  /** Published ones outlive a restart of the node. */
  private readonly published = new Map<string, Uint8Array>()
  private readonly waiting = new Map<string, Waiter<PeerInfo>[]>()
  private core: MdnsCore | undefined
  private carrier: Carrier | undefined
  private cancelTimer: Undo = () => {}
  private undo: Undo = () => {}

  constructor(node: Node, options: CheckedOptions, open: OpenCarrier) {
    super()
    this.node = node
    this.options = options
    this.open = open
    this.log = node.logger.forComponent('libp2p:mdns')
    this.names = serviceNames(options.fingerprint)
    this.deadlines = new Deadlines(node.clock)
    this.questions = new RecordQuestions(node.clock, options.recordWaitMs, name => this.askForRecord(name))
    this.records = this.localRecords()
    this.scans = new Loop({
      ...{ clock: node.clock, random: node.random },
      ...{ firstRetryMs: limits.SCAN_INTERVAL_MS, maxRetryMs: limits.SCAN_INTERVAL_MS },
      run: () => this.scan(),
      onError: err => this.log('%e', err)
    })
  }

  get [peerDiscoverySymbol](): PeerDiscovery {
    return this
  }

  get [peerRoutingSymbol](): Pick<PeerRouting, 'findPeer'> {
    return this
  }

  start(): void {
    if (this.core !== undefined) return
    const { node, names, options } = this
    this.core = new MdnsCore({
      ...{ peerId: node.peerId, names, random: node.random },
      instance: `${randomInstance(node.random)}.${names.peers}`,
      isQuiet: !options.isAnnouncing,
      queryIntervalMs: options.queryIntervalMs,
      addresses: () => node.addresses()
    })
    for (const [name, bytes] of this.published) this.core.publish(name, bytes, node.clock.now())
    this.carrier = this.open({
      interfaces: options.interfaces,
      onPacket: (bytes, source) => this.receive(bytes, source),
      onError: err => this.log('a packet was lost - %e', err)
    })
  }

  /** Once there are addresses to tell of. */
  afterStart(): void {
    this.undo = this.node.on('self:peer:update', () => this.drive(core => core.announce(this.node.clock.now())))
    this.scans.start()
  }

  async stop(): Promise<void> {
    const { core, carrier } = this
    if (core === undefined || carrier === undefined) return
    const stopped = new AbortError('the mDNS service was stopped')
    this.undo()
    this.cancelTimer()
    this.scans.stop(stopped)
    this.deadlines.abortAll(stopped)
    this.questions.stop(stopped)
    this.run(core.goodbye())
    this.core = undefined
    this.carrier = undefined
    await carrier.close()
  }

  async findPeer(peer: PeerId, options: RoutingOptions = {}): Promise<PeerInfo> {
    const { core } = this
    if (core === undefined) throw new NotStartedError('the mDNS service is not started')
    options.signal?.throwIfAborted()
    const known = options.useCache === false ? undefined : core.known(peer, this.node.clock.now())
    if (known !== undefined) return known
    const nobody = (): NotFoundError => new NotFoundError(`${peer} is not on the local network`)
    if (options.useNetwork === false) throw nobody()
    const { signal, clear } = this.deadlines.set(this.options.lookupTimeoutMs, nobody, options.signal)
    core.beginLookup(peer, this.node.clock.now())
    this.setTimer()
    try {
      return await this.heardOf(peer, signal)
    } finally {
      core.endLookup(peer)
      clear()
    }
  }

  protected override onListenerError(type: string, err: unknown): void {
    this.log.error("a listener of '%s' threw - %e", type, err)
  }

  private async heardOf(peer: PeerId, signal: AbortSignal): Promise<PeerInfo> {
    const name = String(peer)
    const line = this.waiting.get(name) ?? []
    this.waiting.set(name, line)
    try {
      return await abortable(line, signal)
    } finally {
      if (line.length === 0) this.waiting.delete(name)
    }
  }

  private async scan(): Promise<number> {
    const networks = await this.carrier?.scan()
    this.drive(core => core.setNetworks(networks ?? [], this.node.clock.now()))
    return limits.SCAN_INTERVAL_MS
  }

  /** A packet that is none, or makes no sense, is nobody's business: whatever is on the network speaks here. */
  private receive(bytes: Uint8Array, source: Source): void {
    try {
      const packet = decodePacket(bytes)
      this.drive(core => this.run(core.receive(packet, source, this.node.clock.now())))
    } catch (err) {
      if (this.log.enabled) this.log.trace('a packet from %s was not understood - %e', source.ip, err)
    }
  }

  /** Lets the core do something, and sees to its next deadline. */
  private drive(act: (core: MdnsCore) => void): void {
    if (this.core === undefined) return
    act(this.core)
    this.setTimer()
  }

  private setTimer(): void {
    this.cancelTimer()
    const { core } = this
    const { clock } = this.node
    if (core === undefined || core.nextAt === Number.POSITIVE_INFINITY) return
    // Whole milliseconds: a moment too early nothing is due, and a remainder may be too small to let time pass.
    this.cancelTimer = clock.after(Math.max(0, Math.ceil(core.nextAt - clock.now())), () => {
      this.drive(core => this.run(core.tick(clock.now())))
    })
  }

  private run(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type === 'send') this.carrier?.send(encodePacket(effect.packet), effect.network)
      else if (effect.type === 'peer') this.tell(effect.peer)
      else this.questions.answered(effect.name, effect.bytes)
    }
  }

  private tell(peer: PeerInfo): void {
    for (const waiter of this.waiting.get(String(peer.id))?.splice(0) ?? []) waiter.resolve(peer)
    this.safeDispatchEvent<PeerInfo>('peer', { detail: peer })
  }

  private askForRecord(name: string): void {
    if (this.core === undefined) throw new NotStartedError('the mDNS service is not started')
    this.drive(core => core.askForRecord(name, this.node.clock.now()))
  }

  private localRecords(): LocalRecords {
    const { names, questions } = this
    return {
      publish: (key, bytes) => {
        const name = recordName(key, names)
        this.drive(core => core.publish(name, bytes, this.node.clock.now()))
        this.published.set(name, bytes)
      },
      unpublish: key => {
        const name = recordName(key, names)
        this.published.delete(name)
        this.core?.unpublish(name)
      },
      ask: (key: Uint8Array, options: AbortOptions = {}) => questions.ask(recordName(key, names), options),
      askAll: (options: AbortOptions = {}) => questions.ask(names.records, options),
      listen: listener => questions.listen(listener)
    }
  }
}
