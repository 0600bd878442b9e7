import { useVerifierThread } from '@ts-libp2p/crypto'
import { type Logger, type Node, NotStartedError, type PeerId, type Undo } from '@ts-libp2p/interface'
import { peerIdFromString } from '@ts-libp2p/peer-id'
import { isPromise, systemClock, TypedEvents, toError } from '@ts-libp2p/stream'
import { Connector } from '#connector'
import { type Counters, countDrop } from './counters.ts'
import { PubsubError } from './errors.ts'
import { Links } from './links.ts'
import type { PubsubMessage } from './message.ts'
import { MessageReader } from './message-reader.ts'
import type { CheckedPubsubOptions } from './options.ts'
import { OwnMessages } from './own-messages.ts'
import type { SignaturePolicy } from './policy.ts'
import type { PublishOptions, PublishResult, Pubsub, PubsubEvents, QueueStatus } from './pubsub.ts'
import { Receiver } from './receiver.ts'
import type { RoutedMessage } from './routed-message.ts'
import type { Effect, Input, PeerKey, Router } from './router.ts'
import { RpcTrace } from './rpc-trace.ts'
import { createTopic, type Topic, type TopicHost, type TopicOptions, type TopicReader } from './topic.ts'
import { type TopicValidatorFn, Validation } from './validation.ts'

/** Streams, queues, signatures, validators and events around a router, which decides. */
export class PubsubService<Events extends PubsubEvents = PubsubEvents, R extends Router = Router>
  extends TypedEvents<Events>
  implements Pubsub<Events>
{
  readonly topicValidators: Map<string, TopicValidatorFn> = new Map()
  readonly protocols: string[]
  protected readonly router: R
  protected readonly node: Node
  protected readonly log: Logger
  private readonly options: CheckedPubsubOptions
  private readonly links: Links
  private readonly trace: RpcTrace | undefined
  private readonly receiver: Receiver
  private readonly own: OwnMessages
  private readonly connector: Connector
  private readonly subscribed = new Set<string>()
  private readonly readers = new Map<string, Set<TopicReader>>()
  private readonly topicHost: TopicHost
  private started = false
  private stopHeartbeat: Undo | undefined

  constructor(node: Node, router: R, options: CheckedPubsubOptions, name: string) {
    super()
    this.node = node
    this.router = router
    this.options = options
    this.protocols = [...router.protocols]
    this.log = node.logger.forComponent(`libp2p:${name}`)
    const { policy, maxMessageSize, dataTransform, tracer, decodeRpcLimits } = options
    this.trace = tracer && new RpcTrace(tracer, node.clock, decodeRpcLimits)
    const reader = new MessageReader({ ...options, policy, recognises: (id, bytes) => router.recognises(id, bytes) })
    this.receiver = this.makeReceiver(reader)
    const { peerId, privateKey, clock } = node
    this.own = new OwnMessages({ policy, peerId, privateKey, clock, reader, dataTransform, maxMessageSize })
    this.connector = new Connector(node, this.log)
    this.links = this.makeLinks()
    this.topicHost = {
      publish: (...args) => this.publish(...args),
      getSubscribers: topic => this.getSubscribers(topic),
      join: (topic, reader) => this.join(topic, reader),
      unread: count => countDrop(router.counters, 'unread', count)
    }
  }

  get globalSignaturePolicy(): SignaturePolicy {
    return this.options.policy
  }

  // ---- life ------------------------------------------------------------------------------------------------------

  start(): void {
    if (this.started) return
    this.started = true
    this.connector.start()
    this.receiver.start()
    this.links.start()
    if (this.router.heartbeatMs > 0) this.beatAfter(this.router.heartbeatDelayMs)
  }

  /** Topics stay joined: their peers are told at the next start. Loops over topics end. */
  async stop(): Promise<void> {
    if (!this.started) return
    this.started = false
    this.stopHeartbeat?.()
    this.connector.stop()
    for (const reader of [...this.readers.values()].flatMap(readers => [...readers])) reader.end()
    await this.links.stop()
    await this.receiver.stop()
  }

  isStarted(): boolean {
    return this.started
  }

  // ---- topics ----------------------------------------------------------------------------------------------------

  getPeers(): PeerId[] {
    return this.peerIds(this.router.peers())
  }

  getTopics(): string[] {
    return this.router.topics()
  }

  getSubscribers(topic: string): PeerId[] {
    return this.peerIds(this.router.subscribers(topic))
  }

  subscribe(topic: string): void {
    this.checkAllowed(topic)
    this.subscribed.add(topic)
    this.tell({ type: 'subscribe', topic })
  }

  unsubscribe(topic: string): void {
    this.subscribed.delete(topic)
    if (!this.readers.has(topic)) this.tell({ type: 'unsubscribe', topic })
  }

  topic(name: string, options?: TopicOptions): Topic {
    this.checkAllowed(name)
    return createTopic(name, this.topicHost, options)
  }

  // ---- publishing ------------------------------------------------------------------------------------------------

  async publish(
    topic: string,
    data: Uint8Array = new Uint8Array(0),
    options: PublishOptions = {}
  ): Promise<PublishResult> {
    options.signal?.throwIfAborted()
    if (!this.started) throw new NotStartedError('pubsub is not started')
    this.checkAllowed(topic)
    const made = this.own.make(topic, data)
    const message = isPromise(made) ? await made : made
    options.signal?.throwIfAborted()
    if (this.router.hasSeen(message.id)) return this.duplicate(message, options)
    const mayBeNobody = options.allowPublishToZeroTopicPeers ?? this.options.allowPublishToZeroTopicPeers
    if (!mayBeNobody && this.router.subscribers(topic).length === 0) {
      throw new PubsubError('no-peers', `nobody that we are connected to is in ${topic}`)
    }
    const input: Input = { type: 'publish', message, floods: options.floodPublish }
    const effects = this.router.handle(input, this.node.clock.now())
    const recipients = effects.flatMap(effect => (effect.type === 'forward' ? effect.peers : []))
    this.carryOut(effects)
    if (this.options.emitSelf && this.router.topics().includes(topic)) this.deliver(message)
    return { recipients: this.peerIds(recipients) }
  }

  // ---- inspection ------------------------------------------------------------------------------------------------

  counters(): Readonly<Counters> {
    return { ...this.router.counters, dropped: new Map(this.router.counters.dropped) }
  }

  queues(): QueueStatus[] {
    return [...this.links.all()].map(({ peerId, outbox }) => ({
      ...{ peerId, messages: outbox.queuedMessages, bytes: outbox.queuedBytes }
    }))
  }

  // ---- for routers' own services -----------------------------------------------------------------------------------

  /** What is not for all routers. */
  protected onEffect(_effect: Effect): void {}

  /** A message of a peer was delivered. */
  protected onDelivered(_peer: PeerKey, _message: PubsubMessage): void {}

  /** A heartbeat is over. */
  protected onHeartbeat(): void {}

  /** A stream to a peer is open, and the router knows. */
  protected onPeerUp(_peer: PeerId): void {}

  protected tell(input: Input): void {
    this.carryOut(this.router.handle(input, this.node.clock.now()))
  }

  protected peerIds(peers: readonly PeerKey[]): PeerId[] {
    return peers.map(peer => this.links.get(peer)?.peerId ?? peerIdFromString(peer))
  }

  protected carryOut(effects: readonly Effect[]): void {
    for (const effect of effects) this.carryOutOne(effect)
  }

  // ---- inside ----------------------------------------------------------------------------------------------------

  private carryOutOne(effect: Effect): void {
    switch (effect.type) {
      case 'forward':
        this.forward(effect)
        break
      case 'send':
        this.send(effect)
        break
      case 'cancel':
        this.links.get(effect.peer)?.outbox.cancel(effect.ids)
        break
      case 'verify':
      case 'validate':
        this.examine(effect)
        break
      case 'deliver':
        this.deliver(effect.message as RoutedMessage)
        if (effect.peer !== undefined) this.onDelivered(effect.peer, effect.message)
        break
      case 'subscriptionChange':
        this.onSubscriptionChange(effect)
        break
      case 'connect':
        this.connector.connect(effect.offer)
        break
      default:
        this.onEffect(effect)
    }
  }

  private send({ peer, parts }: Effect & { type: 'send' }): void {
    const link = this.links.get(peer)
    if (link?.isUp !== true) return
    link.outbox.add(parts)
    this.links.flushSoon(link)
  }

  /** Answers the router at once, or later: copies of the message wait for it, even if its sender is gone. */
  private examine({ type, peer, message }: Effect & { type: 'verify' | 'validate' }): void {
    // Validators are the application's, and are left alone once we are stopped.
    if (this.started || type === 'verify') this.receiver[type](this.links.ofSender(peer), message as RoutedMessage)
  }

  private forward({ peers, message, kind }: Effect & { type: 'forward' }): void {
    const now = this.node.clock.now()
    for (const peer of peers) {
      const link = this.links.get(peer)
      if (link?.isUp !== true) continue
      link.outbox.push(message, kind, now)
      if (kind === 'forward') this.links.flushLater(link)
      else this.links.flushSoon(link)
    }
  }

  private deliver(message: RoutedMessage): void {
    this.router.counters.delivered++
    const readers = this.readers.get(message.topic)
    if (readers !== undefined) for (const reader of readers) reader.push(message.toMessage())
    if (this.listenerCount('message') > 0) this.safeDispatchEvent('message', { detail: message.toMessage() })
  }

  private onSubscriptionChange({ peer, subscriptions }: Effect & { type: 'subscriptionChange' }): void {
    const [peerId] = this.peerIds([peer])
    const detail = { peerId, subscriptions: subscriptions.map(({ topic, subscribe }) => ({ topic, subscribe })) }
    this.safeDispatchEvent('subscription-change', { detail })
  }

  private duplicate(message: RoutedMessage, options: PublishOptions): PublishResult {
    const isFine = options.ignoreDuplicatePublishError ?? this.options.ignoreDuplicatePublishError
    if (isFine) return { recipients: [] }
    throw new PubsubError('duplicate', `this message of ${message.topic} was published or received before`)
  }

  private join(topic: string, reader: TopicReader): Undo {
    const readers = this.readers.get(topic) ?? new Set()
    this.readers.set(topic, readers.add(reader))
    this.tell({ type: 'subscribe', topic })
    return () => {
      readers.delete(reader)
      if (readers.size > 0) return
      this.readers.delete(topic)
      if (!this.subscribed.has(topic)) this.tell({ type: 'unsubscribe', topic })
    }
  }

  private checkAllowed(topic: string): void {
    if (!this.options.isAllowed(topic)) throw new PubsubError('not-allowed', `the topic ${topic} is not allowed here`)
  }

  private beatAfter(ms: number): void {
    this.stopHeartbeat = this.node.clock.after(ms, () => {
      this.beatAfter(this.router.heartbeatMs)
      this.tell({ type: 'heartbeat' })
      this.onHeartbeat()
    })
  }

  private makeReceiver(reader: MessageReader): Receiver {
    const { router, options, node, log } = this
    const { defaultValidators: defaults, validationConcurrency: concurrency } = options
    const validation = new Validation({ defaults, byTopic: this.topicValidators, concurrency, log })
    // What another thread answers comes when it comes, and a run in virtual time must repeat.
    const isThreaded = options.verifyInBackground && node.clock === systemClock
    return new Receiver({
      ...{ router, reader, validation, options, clock: node.clock, trace: this.trace },
      verifierThread: isThreaded ? useVerifierThread : undefined,
      tell: input => this.tell(input)
    })
  }

  private makeLinks(): Links {
    const { node, log, protocols, router, options } = this
    return new Links({
      ...{ node, log, protocols, counters: router.counters, trace: this.trace },
      ...options,
      port: {
        up: (link, protocol) => {
          this.tell({ type: 'peerUp', peer: link.key, protocol, link: this.links.info(link) })
          this.onPeerUp(link.peerId)
        },
        down: link => this.tell({ type: 'peerDown', peer: link.key }),
        inboundOpened: link => this.tell({ type: 'inboundOpened', peer: link.key }),
        inboundClosed: link => this.tell({ type: 'inboundClosed', peer: link.key }),
        rpc: (link, bytes, isFirst) => this.receiver.receive(link, bytes, isFirst)
      }
    })
  }

  protected override onListenerError(type: string, err: unknown): void {
    this.log.error("a listener of '%s' threw - %e", type, toError(err))
  }
}
