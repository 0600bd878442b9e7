import { type ContentRouting, contentRoutingSymbol, type Node, type ServiceFactory } from '@ts-libp2p/interface'
import type { RecordValidators } from '@ts-libp2p/record'
import { memoryMedium } from './media/memory.ts'
import type { RecordMedium } from './medium.ts'
import { createRecordStore, type RecordStore } from './store.ts'

export interface RecordStoreServiceOptions {
  /** Where records are kept, or what makes it of the node. Default: in memory. */
  readonly medium?: RecordMedium | ((node: Node) => RecordMedium)
  /** Who says what is valid, by namespace. Default: `pk` and `ipns`. */
  readonly validators?: RecordValidators
  /**
   * Answer `contentRouting.get` and take part in `contentRouting.put`. The first router to answer wins, so leave it off
   * beside a DHT, whose answers may be newer. Default false.
   */
  readonly isRouter?: boolean
}

export interface RecordStoreService extends RecordStore {
  readonly [contentRoutingSymbol]?: Pick<ContentRouting, 'put' | 'get'>
}

/** The record store as a service: with the node's clock and log. */
export function recordStore(options: RecordStoreServiceOptions = {}): ServiceFactory<RecordStoreService> {
  const { medium = ({ clock }) => memoryMedium({ clock }), validators, isRouter = false } = options
  return node => {
    const store: RecordStoreService = createRecordStore({
      medium: typeof medium === 'function' ? medium(node) : medium,
      validators,
      clock: node.clock,
      log: node.logger.forComponent('libp2p:record-store')
    })
    return isRouter ? Object.assign(store, { [contentRoutingSymbol]: asRouter(store) }) : store
  }
}

function asRouter(store: RecordStore): Pick<ContentRouting, 'put' | 'get'> {
  return {
    async put(key, value, { signal } = {}) {
      await store.put(key, value, { signal })
    },
    get: (key, { signal } = {}) => store.get(key, { signal })
  }
}
