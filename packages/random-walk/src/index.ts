/**
 * Looks up random keys, so that routing tables fill quickly and those who need some peers, any peers, find them.
 *
 * @example
 * const walk = randomWalk({ routing: () => node.peerRouting })
 * const node = await createLibp2p({ services: { dht: kadDHT(), walk } })
 * for await (const { id } of node.services.walk.walk({ signal })) if (await isUseful(id)) break
 */
import type { ServiceFactory } from '@ts-libp2p/interface'
import { checked, type RandomWalkOptions } from './options.ts'
import { createRandomWalk, type RandomWalk } from './random-walk.ts'

export * from './errors.ts'
export * from './limits.ts'
export type { RandomWalkOptions } from './options.ts'
export type { RandomWalk, WalkRouting } from './random-walk.ts'

/** Throws an `InvalidParametersError` for options that cannot be meant. */
export function randomWalk(options: RandomWalkOptions): ServiceFactory<RandomWalk> {
  const o = checked(options)
  return node => createRandomWalk(node, o)
}
