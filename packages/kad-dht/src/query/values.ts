import { bytesEqual } from '@ts-libp2p/bytes'
import { encodeValueRecord, selectRecord, type ValueRecord } from '@ts-libp2p/record'
import { toError } from '@ts-libp2p/stream'
import { askPeer, type Pending } from '../ask-peer.ts'
import type { Contact } from '../contact.ts'
import type { Core } from '../core.ts'
import { KadError } from '../errors.ts'
import { MAX_VALUE_BYTES } from '../limits.ts'
import type { OwnValue } from '../reprovide/own-records.ts'
import { isBetter, validated } from '../server/server.ts'
import { frame, type Message, MessageType } from '../wire/message.ts'
import { sendAll } from './broadcast.ts'
import { type DHTRecord, named, type PeerResponseEvent, type QueryEvent } from './events.ts'
import { eventsOf, NO_PATH, type Sources } from './find-peers.ts'
import type { QueryLog } from './query.ts'
import { readRecord } from './read-record.ts'

/**
 * Stores a value at the peers nearest to its key, and here, now and every 22 hours as long as it is valid. Throws a `KadError`: `invalid-record` and `outdated` before
 * anybody is asked, `not-stored` when no peer took it.
 */
export async function* put(
  core: Core,
  key: Uint8Array,
  value: Uint8Array,
  log: QueryLog,
  signal: AbortSignal
): AsyncGenerator<QueryEvent> {
  await storeHere(core, { key, value })
  const run = log.add(core.lookup('FIND_NODE', key))
  yield* eventsOf(core, run, signal)
  yield* storeAt(core, run.holders(), { key, value }, signal)
  core.own.keep(key, value, core.clock.now())
}

/** Puts a value of ours again, or the better one that is known by now. One that is not valid any more is given up. */
export async function putAgain(core: Core, { key, value: own }: OwnValue, signal: AbortSignal): Promise<void> {
  const value = core.values.get(key, core.clock.now())?.value ?? own
  const now = core.clock.now()
  try {
    await validated(core.options.validators, { key, value }, now)
  } catch (err) {
    core.own.drop(key)
    throw err
  }
  core.own.keep(key, value, now)
  core.values.put({ key, value, timeReceived: now })
  const run = core.lookup('FIND_NODE', key)
  for await (const _ of eventsOf(core, run, signal));
  for await (const _ of storeAt(core, run.holders(), { key, value }, signal));
}

async function storeHere(core: Core, record: ValueRecord): Promise<void> {
  const { options, values, clock } = core
  if (record.value.byteLength > MAX_VALUE_BYTES) {
    throw new KadError('too-large', `a value of ${record.value.byteLength} bytes, ${MAX_VALUE_BYTES} are allowed`)
  }
  await validated(options.validators, record, clock.now())
  const known = values.get(record.key, clock.now())
  if (known !== undefined && !isBetter(options.validators, record, known)) {
    throw new KadError('outdated', 'a better value is known under this key')
  }
  values.put({ ...record, timeReceived: clock.now() })
}

/** Sends a value to peers, which confirm it by sending it back. */
function storeAt(
  core: Core,
  peers: readonly Contact[],
  { key, value }: ValueRecord,
  signal: AbortSignal
): AsyncGenerator<QueryEvent> {
  const request = frame({ type: MessageType.PUT_VALUE, key, record: encodeValueRecord({ key, value }) })
  const send = (peer: Contact): Pending<void> => {
    const { outcome, cancel } = askPeer(core, peer, request)
    return { outcome: outcome.then(answer => needValue(peer, answer, value)), cancel }
  }
  return sendAll(peers, 'PUT_VALUE', send, signal)
}

function needValue({ name }: Contact, { record }: Message, value: Uint8Array): void {
  const confirmed = record && readRecord(record)
  if (confirmed !== undefined && bytesEqual(confirmed.value, value)) return
  throw new KadError('malformed', `${name} confirmed another value`)
}

export interface GetOptions {
  /** Valid values that are enough. 0, the default: all that the lookup comes across. */
  readonly quorum?: number
}

/**
 * Collects the values under a key: a VALUE event each time that a better one is found, so that the last one is the
 * best. Then gives the best to those of the nearest peers that had a worse one or none.
 *
 * Throws a `KadError`: `not-found`, or `quorum` when fewer than that had a value.
 */
export async function* get(
  core: Core,
  key: Uint8Array,
  { quorum = 0, useCache, useNetwork }: GetOptions & Sources,
  log: QueryLog,
  signal: AbortSignal
): AsyncGenerator<QueryEvent> {
  const found = new Found(core, key)
  const stored = useCache ? core.values.get(key, core.clock.now()) : undefined
  if (stored !== undefined && (await found.consider(core.self().name, stored)) === 'better') {
    yield { ...named('VALUE'), from: core.self().id, value: stored.value, path: NO_PATH }
  }
  const run = log.add(core.lookup('GET_VALUE', key))
  for await (const event of useNetwork ? eventsOf(core, run, signal) : []) {
    yield event
    if (event.name !== 'PEER_RESPONSE' || event.record === undefined) continue
    yield* judge(found, event, event.record)
    if (quorum > 0 && found.count >= quorum) run.stop()
  }
  const { best } = found
  if (best === undefined) throw new KadError('not-found', 'no peer has a valid value under this key')
  if (found.count < quorum) throw new KadError('quorum', `${found.count} peers have a valid value, ${quorum} wanted`)
  if (stored !== undefined) core.values.put({ key, value: best, timeReceived: core.clock.now() })
  const outdated = run.holders().filter(({ name }) => !found.holders.has(name))
  if (outdated.length > 0) correct(core, outdated, { key, value: best })
}

async function* judge(found: Found, { from, path }: PeerResponseEvent, record: DHTRecord): AsyncGenerator<QueryEvent> {
  try {
    const verdict = await found.consider(from.toString(), record)
    if (verdict === 'better') yield { ...named('VALUE'), from, value: record.value, path }
  } catch (err) {
    yield { ...named('QUERY_ERROR'), from, error: toError(err), path }
  }
}

/** The values of a `get`, and who has the best. */
class Found {
  best: Uint8Array | undefined
  /** Peers that gave a valid value. */
  count = 0
  /** Peers that have the best. */
  holders = new Set<string>()
  private readonly core: Core
  private readonly key: Uint8Array

  constructor(core: Core, key: Uint8Array) {
    this.core = core
    this.key = key
  }

  /** Rejects with a `KadError` (`invalid-record`) for a value that cannot be believed. */
  async consider(from: string, { key, value }: DHTRecord | ValueRecord): Promise<'better' | 'same' | 'worse'> {
    if (!bytesEqual(key, this.key)) throw new KadError('invalid-record', `${from} gave a record of another key`)
    const { validators } = this.core.options
    await validated(validators, { key, value }, this.core.clock.now())
    this.count++
    if (this.best !== undefined && bytesEqual(value, this.best)) {
      this.holders.add(from)
      return 'same'
    }
    const isBest = this.best === undefined || selectRecord(validators, key, [value, this.best]) === 0
    if (!isBest) return 'worse'
    this.best = value.slice()
    this.holders = new Set([from])
    return 'better'
  }
}

/** In the background: whoever asked need not wait for it. */
function correct(core: Core, peers: readonly Contact[], record: ValueRecord): void {
  const { signal, end } = core.begin()
  const run = async (): Promise<void> => {
    for await (const event of storeAt(core, peers, record, signal)) {
      if (event.name === 'QUERY_ERROR') core.log.trace('%p was not corrected - %e', event.from, event.error)
    }
  }
  run()
    .catch(err => core.log.trace('nobody was corrected - %e', err))
    .finally(end)
}
