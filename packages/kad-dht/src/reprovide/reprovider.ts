import { concat } from '@ts-libp2p/bytes'
import { tellPeer } from '../ask-peer.ts'
import type { Contact } from '../contact.ts'
import type { Core } from '../core.ts'
import { KadError } from '../errors.ts'
import { type Key, keyOf } from '../key.ts'
import {
  MAX_BATCH_BYTES,
  MAX_EXPLORING_LOOKUPS,
  MIN_EXPLORED_KEYS,
  REPROVIDE_AHEAD,
  REPROVIDE_CONCURRENCY
} from '../limits.ts'
import { someNameWithPrefix } from '../prefix-keys.ts'
import { eventsOf } from '../query/find-peers.ts'
import { announcement, provide } from '../query/providers.ts'
import { QueryLog } from '../query/query.ts'
import { putAgain } from '../query/values.ts'
import { latin1 } from '../wire/latin1.ts'
import { each } from './each.ts'
import { assign, Exploration, type Region, regionLength, regionOf } from './exploration.ts'
import type { OwnKey } from './own-records.ts'

interface Due extends OwnKey {
  readonly place: Key
}

/**
 * Announces again what is due. Keys that lie close together are announced together: their part of the key space is
 * explored once, and each peer there is told all of its keys in one go, so that a thousand keys cost hundreds of messages
 * instead of tens of thousands.
 */
export class Reprovider {
  private readonly core: Core
  private running: Promise<void> | undefined

  constructor(core: Core) {
    this.core = core
  }

  /** Announces what is due, one round at a time. Rejects with `signal.reason` only: what failed is due still. */
  run(signal: AbortSignal): Promise<void> {
    this.running ??= this.round(signal).finally(() => {
      this.running = undefined
    })
    return this.running
  }

  private async round(signal: AbortSignal): Promise<void> {
    for (const [region, keys] of this.dueByRegion()) {
      signal.throwIfAborted()
      if (region !== undefined && keys.length >= MIN_EXPLORED_KEYS) await this.announceTogether(region, keys, signal)
      else await each(keys, REPROVIDE_CONCURRENCY, key => this.announceAlone(key, signal))
    }
    await this.putDue(signal)
  }

  /**
   * Keys that are due, with those of the same region that will be before long. While the size of the network is not known
   * there are no regions; the first few lookups tell it.
   */
  private dueByRegion(): Map<Region | undefined, Due[]> {
    const { own, clock, options, networkSize, k } = this.core
    const now = clock.now()
    const { interval } = options.reprovide
    const size = networkSize.estimate(now)
    const length = size === undefined ? undefined : regionLength(size, k)
    const groups = new Map<number, { region: Region | undefined; keys: Due[]; isDue: boolean }>()
    for (const record of own.keysBefore(now - interval * (1 - REPROVIDE_AHEAD))) {
      const place = keyOf(record.key)
      const region = length === undefined ? undefined : regionOf(place, length)
      const group = groups.get(region?.bits ?? 0) ?? { region, keys: [], isDue: false }
      groups.set(region?.bits ?? 0, group)
      const isDue = record.at <= now - interval
      group.isDue ||= isDue
      if (isDue || region !== undefined) group.keys.push({ ...record, place })
    }
    const due = [...groups.values()].filter(({ isDue }) => isDue)
    return new Map(due.map(({ region, keys }) => [region, keys]))
  }

  private async announceAlone({ key }: Due, signal: AbortSignal): Promise<void> {
    const { core } = this
    try {
      for await (const _ of provide(core, key, new QueryLog(), signal));
      core.own.announced(key, core.clock.now())
    } catch (err) {
      signal.throwIfAborted()
      core.log.error('a key could not be announced again - %e', err)
    }
  }

  private async announceTogether(region: Region, keys: readonly Due[], signal: AbortSignal): Promise<void> {
    const { core } = this
    try {
      const peers = await this.explore(region, signal)
      const told = new Set<string>()
      await each(
        [...assign(keys, peers, { k: core.k, share: core.regionShare })],
        core.options.alpha,
        async ([peer, own]) => {
          if (await this.tell(peer, own, signal)) for (const key of own) told.add(latin1(key))
        }
      )
      for (const { key } of keys) if (told.has(latin1(key))) core.own.announced(key, core.clock.now())
    } catch (err) {
      signal.throwIfAborted()
      core.log.error('%d keys could not be announced again - %e', keys.length, err)
    }
  }

  private async explore(region: Region, signal: AbortSignal): Promise<Contact[]> {
    const { core } = this
    const exploration = new Exploration(region, core.k)
    for (let lookups = 0; lookups < MAX_EXPLORING_LOOKUPS; lookups++) {
      const part = exploration.next()
      if (part === undefined) break
      const name = someNameWithPrefix(part.bits, part.length, core.random.float())
      const run = core.lookup('FIND_NODE', name)
      for await (const _ of eventsOf(core, run, signal));
      exploration.learned(keyOf(name), run.closest())
    }
    const peers = exploration.peers()
    if (peers.length > 0) return peers
    throw new KadError('not-stored', 'no peer was found where the keys belong')
  }

  /** All keys of a peer over one stream. */
  private async tell(peer: Contact, keys: readonly Uint8Array[], signal: AbortSignal): Promise<boolean> {
    try {
      for (const messages of this.batches(keys)) {
        signal.throwIfAborted()
        await tellPeer(this.core, peer, messages).outcome
      }
      return true
    } catch (err) {
      signal.throwIfAborted()
      this.core.log.trace('%p could not be told of %d keys - %e', peer.id, keys.length, err)
      return false
    }
  }

  private *batches(keys: readonly Uint8Array[]): Generator<Uint8Array> {
    let batch: Uint8Array[] = []
    let bytes = 0
    for (const key of keys) {
      const message = announcement(this.core, key)
      batch.push(message)
      bytes += message.byteLength
      if (bytes < MAX_BATCH_BYTES) continue
      yield concat(batch)
      batch = []
      bytes = 0
    }
    if (batch.length > 0) yield concat(batch)
  }

  private async putDue(signal: AbortSignal): Promise<void> {
    const { own, clock, options, log } = this.core
    const due = own.valuesBefore(clock.now() - options.reprovide.interval)
    await each(due, REPROVIDE_CONCURRENCY, async record => {
      try {
        await putAgain(this.core, record, signal)
      } catch (err) {
        signal.throwIfAborted()
        log.error('a value could not be put again - %e', err)
      }
    })
  }
}
