import { InvalidParametersError } from '@ts-libp2p/interface'
import type { MsgIdFn } from './ids.ts'
import {
  DECODE_RPC_LIMITS,
  type DecodeRpcLimits,
  MAX_INBOUND_STREAMS,
  MAX_MESSAGE_BYTES,
  VALIDATION_CONCURRENCY
} from './limits.ts'
import type { DataTransform } from './message.ts'
import type { FastMsgIdFn } from './message-reader.ts'
import { type SignaturePolicy, StrictNoSign, StrictSign } from './policy.ts'
import type { Tracer } from './tracer.ts'
import type { TopicValidatorFn } from './validation.ts'

/** Options that every router has. The names are js-libp2p's where it has the option. */
export interface PubsubOptions {
  /** `StrictSign` or `StrictNoSign`. Default `StrictSign`. */
  readonly globalSignaturePolicy?: SignaturePolicy
  /** Names messages. All nodes of a network must use the same. Default: `from ‖ seqno`, or the SHA-256 of unsigned data. */
  readonly msgIdFn?: MsgIdFn
  /** A local name, to tell copies without a costly `msgIdFn` or transform. Must not be guessable. Default: none. */
  readonly fastMsgIdFn?: FastMsgIdFn
  /** Compression, for instance. Default: none. */
  readonly dataTransform?: DataTransform
  /** Whether our own messages reach our own listeners, when we are in the topic. Default false. */
  readonly emitSelf?: boolean
  /** Whether publishing to nobody resolves, to no recipients, instead of rejecting. Default true. */
  readonly allowPublishToZeroTopicPeers?: boolean
  /** Whether publishing what was seen before resolves, to no recipients, instead of rejecting. Default false. */
  readonly ignoreDuplicatePublishError?: boolean
  /** Topics that exist for this node: others are neither joined nor tracked. Default: all. */
  readonly allowedTopics?: readonly string[] | ReadonlySet<string>
  /** The same as a function. */
  readonly subscriptionFilter?: (topic: string) => boolean
  /** Validators of all topics, asked before those in `topicValidators`. */
  readonly defaultValidators?: readonly TopicValidatorFn[]
  /** Messages that validators may work on at once; further ones are dropped. Default 1,024. */
  readonly validationConcurrency?: number
  /**
   * Have Ed25519 signatures checked on another thread, in Node, when more than a thousand a second come and a processor is
   * free: they are then no work for this one, which decides how much a node can take. All nodes of a process share one
   * such thread, which takes 15 to 21 MB once it runs. Default true.
   */
  readonly verifyInBackground?: boolean
  /** Bytes of an RPC, either way. Default 1 MiB. */
  readonly maxMessageSize?: number
  /** Entries of an RPC. Default `DECODE_RPC_LIMITS`. */
  readonly decodeRpcLimits?: Partial<DecodeRpcLimits>
  /** Use connections through relays too. Default false. */
  readonly runOnLimitedConnection?: boolean
  /** Streams of one protocol that a peer may have open on one connection. Default 4. */
  readonly maxInboundStreams?: number
  /** The same outbound. Default 4. */
  readonly maxOutboundStreams?: number
  /** Gets to see everything that happens. Costs as much as routing itself. Default: none. */
  readonly tracer?: Tracer
}

/** The options with their defaults, checked. */
export interface CheckedPubsubOptions {
  readonly policy: SignaturePolicy
  readonly msgIdFn: MsgIdFn | undefined
  readonly fastMsgIdFn: FastMsgIdFn | undefined
  readonly dataTransform: DataTransform | undefined
  readonly emitSelf: boolean
  readonly allowPublishToZeroTopicPeers: boolean
  readonly ignoreDuplicatePublishError: boolean
  readonly isAllowed: (topic: string) => boolean
  readonly defaultValidators: readonly TopicValidatorFn[]
  readonly validationConcurrency: number
  readonly verifyInBackground: boolean
  readonly maxMessageSize: number
  readonly decodeRpcLimits: DecodeRpcLimits
  readonly runOnLimitedConnection: boolean
  readonly maxInboundStreams: number
  readonly maxOutboundStreams: number
  readonly tracer: Tracer | undefined
}

/** Throws an `InvalidParametersError` that says what to change. */
export function checkPubsubOptions(options: PubsubOptions): CheckedPubsubOptions {
  const { globalSignaturePolicy: policy = StrictSign, maxMessageSize = MAX_MESSAGE_BYTES } = options
  if (policy !== StrictSign && policy !== StrictNoSign) {
    throw new InvalidParametersError(
      `\`globalSignaturePolicy\` is "StrictSign" or "StrictNoSign", not ${String(policy)}`
    )
  }
  const { validationConcurrency = VALIDATION_CONCURRENCY, maxInboundStreams = MAX_INBOUND_STREAMS } = options
  const { maxOutboundStreams = MAX_INBOUND_STREAMS } = options
  positive({ maxMessageSize, validationConcurrency, maxInboundStreams, maxOutboundStreams })
  return {
    ...{ policy, maxMessageSize, validationConcurrency, maxInboundStreams, maxOutboundStreams },
    ...{ msgIdFn: options.msgIdFn, fastMsgIdFn: options.fastMsgIdFn, dataTransform: options.dataTransform },
    emitSelf: options.emitSelf ?? false,
    allowPublishToZeroTopicPeers: options.allowPublishToZeroTopicPeers ?? true,
    ignoreDuplicatePublishError: options.ignoreDuplicatePublishError ?? false,
    isAllowed: allowedBy(options),
    defaultValidators: options.defaultValidators ?? [],
    verifyInBackground: options.verifyInBackground ?? true,
    decodeRpcLimits: { ...DECODE_RPC_LIMITS, ...options.decodeRpcLimits },
    runOnLimitedConnection: options.runOnLimitedConnection ?? false,
    tracer: options.tracer
  }
}

/** Throws an `InvalidParametersError` that names the first option that is not a whole number above zero. */
export function positive(options: Record<string, number>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new InvalidParametersError(`\`${name}\` must be a whole number above zero, not ${value}`)
    }
  }
}

function allowedBy({ allowedTopics, subscriptionFilter }: PubsubOptions): (topic: string) => boolean {
  const topics = allowedTopics === undefined ? undefined : new Set(allowedTopics)
  return topic => (topics?.has(topic) ?? true) && (subscriptionFilter?.(topic) ?? true)
}
