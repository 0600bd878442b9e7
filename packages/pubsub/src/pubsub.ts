import type { AbortOptions, PeerId, Startable, TypedEventTarget } from '@ts-libp2p/interface'
import type { Counters } from './counters.ts'
import type { Message } from './message.ts'
import type { SignaturePolicy } from './policy.ts'
import type { Topic, TopicOptions } from './topic.ts'
import type { TopicValidatorFn } from './validation.ts'

export interface SubscriptionChangeData {
  peerId: PeerId
  subscriptions: { topic: string; subscribe: boolean }[]
}

export interface PubsubEvents {
  /** A message of a topic that we are in. */
  message: CustomEvent<Message>
  /** A peer came to topics, or left some. */
  'subscription-change': CustomEvent<SubscriptionChangeData>
}

export interface PublishOptions extends AbortOptions {
  /** Overrides the option of this name. */
  readonly allowPublishToZeroTopicPeers?: boolean
  /** Overrides the option of this name. */
  readonly ignoreDuplicatePublishError?: boolean
  /** Send it to everybody in the topic, or not. Overrides the option of this name. */
  readonly floodPublish?: boolean
}

export interface PublishResult {
  /** Peers that it is on the way to. Others get it from these. */
  recipients: PeerId[]
}

/** What waits to be sent to a peer. */
export interface QueueStatus {
  readonly peerId: PeerId
  readonly messages: number
  readonly bytes: number
}

/** Publish and subscribe. */
export interface Pubsub<Events extends PubsubEvents = PubsubEvents> extends TypedEventTarget<Events>, Startable {
  readonly globalSignaturePolicy: SignaturePolicy
  readonly protocols: string[]
  /** Judges of messages, by topic. */
  readonly topicValidators: Map<string, TopicValidatorFn>
  isStarted(): boolean
  /** Peers that a stream leads to. */
  getPeers(): PeerId[]
  /** Topics that we are in. */
  getTopics(): string[]
  /** Peers in a topic. */
  getSubscribers(topic: string): PeerId[]
  /** Joins a topic: its messages come as `message` events. Throws a `PubsubError` (`not-allowed`). */
  subscribe(topic: string): void
  unsubscribe(topic: string): void
  /**
   * A topic as a thing to loop over and to publish to. A loop joins the topic, and leaves it when it ends, unless
   * somebody else is in it.
   *
   * @example
   * for await (const message of pubsub.topic('news')) console.log(message.data)
   */
  topic(name: string, options?: TopicOptions): Topic
  /**
   * Sends a message to peers in the topic, whether we are in it or not. `data` may be used again once this returns.
   * Peers that come to the topic within the next heartbeats are offered it.
   *
   * Rejects with a `PubsubError` (`not-allowed`, `too-large`, `no-peers`, `duplicate`, `invalid-message`), a
   * `NotStartedError`, or `signal.reason`.
   */
  publish(topic: string, data?: Uint8Array, options?: PublishOptions): Promise<PublishResult>
  /** What was received, sent and dropped since the start, and why. */
  counters(): Readonly<Counters>
  /** What waits for each peer. */
  queues(): QueueStatus[]
}
