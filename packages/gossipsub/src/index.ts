/**
 * Publish and subscribe: every message reaches everybody in its topic, over a mesh of a few peers each, with gossip
 * beside it to mend what the mesh loses.
 *
 * @example
 * const node = await createLibp2p({ services: { pubsub: gossipsub() } })
 * for await (const { data } of node.services.pubsub.topic('news')) console.log(new TextDecoder().decode(data))
 *
 * node.services.pubsub.addEventListener('message', ({ detail }) => console.log(detail.topic, detail.data))
 * node.services.pubsub.subscribe('news')
 * await node.services.pubsub.publish('news', new TextEncoder().encode('hello'))
 *
 * Spec: https://github.com/libp2p/specs/tree/master/pubsub/gossipsub
 */
import type { ServiceFactory } from '@ts-libp2p/interface'
import { checkOptions, type GossipsubOptions, guardAll } from './options.ts'
import { type Gossipsub, GossipsubService } from './service.ts'

export {
  type Counters,
  type DropReason,
  type Message,
  messageIds,
  PubsubError,
  type PubsubErrorCode,
  type SignedMessage,
  StrictNoSign,
  StrictSign,
  seqnoValidator,
  type Topic,
  TopicValidatorResult,
  type UnsignedMessage
} from '@ts-libp2p/pubsub'
export type { GossipParams } from './core/params.ts'
export type { PartialAction, PartialTopic } from './core/partial-messages.ts'
export { defaultPeerGaterParams, type PeerGaterParams, peerGater } from './core/peer-gater.ts'
export { FLOODSUB, GOSSIPSUB_1_0, GOSSIPSUB_1_1, GOSSIPSUB_1_2, GOSSIPSUB_1_3 } from './core/protocols.ts'
export type { InspectedPeer, Inspection } from './inspection.ts'
export type { AddrInfo, GossipsubOptions } from './options.ts'
export { type PartialMessagesOptions, partialMessages } from './partial-messages.ts'
export { defaultParams, ethereumConsensus, lowBandwidth } from './presets.ts'
export * from './score/params.ts'
export type { PeerScoreSnapshot } from './score/peer-scores.ts'
export type { Gossipsub, GossipsubEvents, GossipsubMessage, MeshPeer } from './service.ts'

/** Throws an `InvalidParametersError` for options that cannot work. */
export function gossipsub(options: GossipsubOptions = {}): ServiceFactory<Gossipsub> {
  const checked = checkOptions(options)
  return node => new GossipsubService(node, guardAll(checked, node.logger.forComponent('libp2p:gossipsub')))
}
