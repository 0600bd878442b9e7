/**
 * Publish and subscribe by flooding: every message goes to every peer in its topic. Fine for a few nodes; for more,
 * `@ts-libp2p/gossipsub` sends far fewer copies, and speaks with floodsub nodes too.
 *
 * @example
 * const node = await createLibp2p({ services: { pubsub: floodsub() } })
 * node.services.pubsub.subscribe('news')
 *
 * Spec: https://github.com/libp2p/specs/blob/master/pubsub/README.md
 */
import type { ServiceFactory } from '@ts-libp2p/interface'
import {
  checkPubsubOptions,
  guardOptions,
  type Pubsub,
  type PubsubOptions,
  PubsubService,
  positive,
  SEEN_TTL_MS
} from '@ts-libp2p/pubsub'
import { FloodRouter } from './router.ts'

export {
  type Message,
  messageIds,
  type Pubsub,
  PubsubError,
  StrictNoSign,
  StrictSign,
  type Topic,
  TopicValidatorResult
} from '@ts-libp2p/pubsub'
export { FLOODSUB } from './router.ts'

export interface FloodsubOptions extends PubsubOptions {
  /** Milliseconds for which an id is remembered as seen. Default 120,000. */
  readonly seenTTL?: number
}

/** Throws an `InvalidParametersError` for options that cannot work. */
export function floodsub(options: FloodsubOptions = {}): ServiceFactory<Pubsub> {
  const { seenTTL: seenTtlMs = SEEN_TTL_MS } = options
  positive({ seenTTL: seenTtlMs })
  const checked = checkPubsubOptions(options)
  return node => {
    const safe = guardOptions(checked, node.logger.forComponent('libp2p:floodsub'))
    const { isAllowed, tracer } = safe
    const router = new FloodRouter({ self: node.peerId.toString(), isAllowed, seenTtlMs, tracer })
    return new PubsubService(node, router, safe, 'floodsub')
  }
}
