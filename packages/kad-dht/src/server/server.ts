import { bytesEqual } from '@ts-libp2p/bytes'
import type { Connection } from '@ts-libp2p/interface'
import {
  decodeValueRecord,
  encodeValueRecord,
  type RecordValidators,
  selectRecord,
  type ValueRecord,
  validateRecord
} from '@ts-libp2p/record'
import { toError } from '@ts-libp2p/stream'
import { type Contact, type Contacts, encodePeer } from '../contact.ts'
import { KadError } from '../errors.ts'
import { CUSTOMER, groupOf } from '../groups.ts'
import { keyOf } from '../key.ts'
import { MAX_PROVIDER_KEY_BYTES, MAX_SENT_ANSWER_BYTES, MAX_VALUE_BYTES } from '../limits.ts'
import type { OwnRecords } from '../reprovide/own-records.ts'
import type { Entry } from '../table/bucket.ts'
import type { RoutingTable } from '../table/routing-table.ts'
import { type Frame, frame, type Message, MessageType, nameOfType } from '../wire/message.ts'
import { isMultihash } from '../wire/multihash.ts'
import type { ProviderRecords } from './provider-records.ts'
import type { ValueRecords } from './value-records.ts'

/** Whoever asks: its id, and the address that it comes from. */
export type Asker = Pick<Connection, 'remotePeer' | 'remoteAddr'>

export interface ServerInit {
  readonly k: number
  /** Ourselves, with the addresses of this moment. */
  readonly self: () => Contact
  readonly table: RoutingTable
  readonly providers: ProviderRecords
  readonly values: ValueRecords
  /** What we provide ourselves. */
  readonly own: Pick<OwnRecords, 'provides'>
  readonly validators: RecordValidators
  readonly contacts: Contacts
  /** A connected peer, whoever it is: those that do not serve are in no table, and are found all the same. */
  readonly connected: (id: Uint8Array) => Promise<Contact | undefined> | undefined
  readonly now: () => number
}

/** Answers requests. */
export class Server {
  private readonly init: ServerInit

  constructor(init: ServerInit) {
    this.init = init
  }

  /**
   * The answer; undefined where there is none. Throws or rejects with a `KadError` when the request is refused, which
   * is told by giving the stream up: the protocol has no other way.
   */
  answer(request: Message, from: Asker): Frame | undefined | Promise<Frame | undefined> {
    switch (request.type) {
      case MessageType.FIND_NODE:
        return this.onFindNode(request, from)
      case MessageType.GET_PROVIDERS:
        return this.onGetProviders(request, from)
      case MessageType.ADD_PROVIDER:
        return this.onAddProvider(request, from)
      case MessageType.GET_VALUE:
        return this.onGetValue(request, from)
      case MessageType.PUT_VALUE:
        return this.onPutValue(request)
      case MessageType.PING:
        return frame({ type: MessageType.PING })
    }
  }

  private onFindNode({ type, key }: Message, from: Asker): Frame | Promise<Frame> {
    needKey(type, key, key.byteLength > 0)
    const closer = this.closerTo(key, from)
    const target = mayBePeerId(key) ? this.init.connected(key) : undefined
    if (target === undefined || closer.some(({ contact }) => contact.id.equals(key))) {
      return this.fill({ type, key }, closer)
    }
    return target.then(contact => {
      return this.fill({ type, key }, contact === undefined ? closer : [{ contact, isConnected: true }, ...closer])
    })
  }

  private onGetProviders({ type, key }: Message, from: Asker): Frame {
    needKey(type, key, isProviderKey(key))
    const others = this.init.providers.of(key, this.init.now()).map(({ wire }) => wire)
    const providers = this.init.own.provides(key) ? [encodePeer(this.init.self()), ...others] : others
    return this.fill({ type, key }, this.closerTo(key, from), providers)
  }

  private onAddProvider({ type, key, providerPeers }: Message, { remotePeer, remoteAddr }: Asker): undefined {
    needKey(type, key, isProviderKey(key))
    const own = this.init.contacts.readAll(providerPeers).find(({ id }) => id.equals(remotePeer))
    if (own === undefined) throw new KadError('not-ours', `${remotePeer} announced somebody else as a provider`)
    const group = groupOf(remoteAddr, CUSTOMER)
    this.init.providers.add({ key, provider: own.name, wire: encodePeer(own), group }, this.init.now())
    return undefined
  }

  private onGetValue({ type, key }: Message, from: Asker): Frame {
    needKey(type, key, key.byteLength > 0)
    const stored = this.init.values.get(key, this.init.now())
    const record = stored && encodeValueRecord(stored)
    return this.fill({ type, key, record }, this.closerTo(key, from))
  }

  private async onPutValue({ type, key, record: bytes }: Message): Promise<Frame> {
    const { validators, values, now } = this.init
    const record = readPut(key, bytes)
    needKey(type, key, key.byteLength > 0)
    await validated(validators, record, now())
    const known = values.get(key, now())
    if (known !== undefined && !isBetter(validators, record, known)) {
      throw new KadError('outdated', 'a better value is stored here')
    }
    values.put({ ...record, timeReceived: now() })
    return frame({ type, key, record: encodeValueRecord(record) })
  }

  /** All but the asker. */
  private closerTo(key: Uint8Array, { remotePeer }: Asker): Entry[] {
    const { table, k } = this.init
    const asker = remotePeer.toString()
    const nearest = table.nearest(keyOf(key), k + 1)
    const at = nearest.findIndex(({ contact }) => contact.name === asker)
    nearest.splice(at < 0 ? k : at, 1)
    return nearest
  }

  /** The nearest peers first, then as many providers as fit. */
  private fill(
    answer: Pick<Message, 'type' | 'key' | 'record'>,
    closer: readonly Pick<Entry, 'contact' | 'isConnected'>[],
    providers: readonly Uint8Array[] = []
  ): Frame {
    let left = MAX_SENT_ANSWER_BYTES - answer.key.byteLength - (answer.record?.byteLength ?? 0) - 16
    const fits = (wire: Uint8Array): boolean => {
      left -= wire.byteLength + 4
      return left >= 0
    }
    const closerPeers = closer.map(({ contact, isConnected }) => contact.wire(isConnected)).filter(fits)
    return frame({ ...answer, closerPeers, providerPeers: providers.filter(fits) })
  }
}

const MULTIHASH_IDENTITY = 0x00
const MULTIHASH_SHA256 = 0x12

function needKey(type: MessageType, key: Uint8Array, isGood: boolean): void {
  if (!isGood) throw new KadError('malformed', `a ${nameOfType(type)} with a key of ${key.byteLength} bytes`)
}

/** Most keys are none: what is asked for is the place. */
function mayBePeerId(key: Uint8Array): boolean {
  const [code, length] = key
  return (code === MULTIHASH_SHA256 || code === MULTIHASH_IDENTITY) && length === key.byteLength - 2
}

function isProviderKey(key: Uint8Array): boolean {
  return key.byteLength <= MAX_PROVIDER_KEY_BYTES && isMultihash(key)
}

function readPut(key: Uint8Array, bytes: Uint8Array | undefined): ValueRecord {
  if (bytes === undefined) throw new KadError('malformed', 'a PUT_VALUE without a record')
  const record = decode(bytes)
  if (!bytesEqual(record.key, key)) throw new KadError('malformed', 'a PUT_VALUE whose record has another key')
  if (record.value.byteLength <= MAX_VALUE_BYTES) return { key: record.key, value: record.value }
  throw new KadError('too-large', `a value of ${record.value.byteLength} bytes, ${MAX_VALUE_BYTES} are allowed`)
}

function decode(bytes: Uint8Array): ValueRecord {
  try {
    return decodeValueRecord(bytes)
  } catch (cause) {
    throw new KadError('malformed', toError(cause).message, { cause })
  }
}

/** Rejects with a `KadError` (`invalid-record`) that says why the value cannot be believed. */
export async function validated(validators: RecordValidators, record: ValueRecord, now: number): Promise<void> {
  try {
    await validateRecord(validators, record.key, record.value, now)
  } catch (cause) {
    throw new KadError('invalid-record', toError(cause).message, { cause })
  }
}

/** Whether a value should take the place of another that is valid: the same one again counts, since it is fresh. */
export function isBetter(validators: RecordValidators, record: ValueRecord, known: ValueRecord): boolean {
  if (bytesEqual(record.value, known.value)) return true
  return selectRecord(validators, record.key, [record.value, known.value]) === 0
}
