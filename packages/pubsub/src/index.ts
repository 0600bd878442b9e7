/**
 * What publish/subscribe routers share: messages and RPCs on the wire, signing, message ids, bounded queues, streams,
 * validators and events. A router is a core that decides; `PubsubService` is the shell around it.
 *
 * @example
 * export const mysub = options => node => new PubsubService(node, new MyRouter(), checkPubsubOptions(options), 'mysub')
 *
 * Spec: https://github.com/libp2p/specs/blob/master/pubsub/README.md
 */
export * from './counters.ts'
export * from './errors.ts'
export * from './guarded.ts'
export * from './ids.ts'
export * from './limits.ts'
export * from './message.ts'
export type { FastMsgIdFn } from './message-reader.ts'
export * from './options.ts'
export * from './policy.ts'
export { protobufTracer } from './protobuf-tracer.ts'
export * from './pubsub.ts'
export * from './router.ts'
export * from './rpc.ts'
export * from './seen.ts'
export * from './seqno-validator.ts'
export * from './service.ts'
export * from './subscriptions.ts'
export type { Topic, TopicOptions } from './topic.ts'
export * from './tracer.ts'
export { type TopicValidatorFn, TopicValidatorResult } from './validation.ts'
export type { MessageFields, WireMessage } from './wire-message.ts'
