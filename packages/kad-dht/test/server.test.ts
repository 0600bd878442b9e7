import { fromUtf8, Rope } from '@ts-libp2p/bytes'
import type { PeerId } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import { encodeValueRecord } from '@ts-libp2p/record'
import { takeMessage } from '@ts-libp2p/stream'
import { sha256 } from 'multiformats/hashes/sha2'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Contact, Contacts, contactOf, encodePeer } from '../src/contact.ts'
import { MAX_SENT_ANSWER_BYTES, MAX_VALUE_BYTES, passthroughMapper } from '../src/index.ts'
import { Peer as Wire } from '../src/pb/dht.js'
import { readRecord } from '../src/query/read-record.ts'
import { OwnRecords } from '../src/reprovide/own-records.ts'
import { ProviderRecords } from '../src/server/provider-records.ts'
import { type Asker, Server } from '../src/server/server.ts'
import { ValueRecords } from '../src/server/value-records.ts'
import { RoutingTable } from '../src/table/routing-table.ts'
import { validatorsOf } from '../src/validators.ts'
import { decodeMessage, type Message, MessageType } from '../src/wire/message.ts'
import { idOf, names, peer, peers } from './peers.ts'

const self = peer('self')
const asker: Asker = { remotePeer: idOf('asker'), remoteAddr: multiaddr('/ip4/5.6.7.8/tcp/1') }
const contacts = new Contacts(passthroughMapper)
const T = 1_000_000
const key = fromUtf8('/note/a')

/** Values are decimal numbers; the greatest is the best. */
const validators = validatorsOf({
  validators: {
    note: (_, value) => {
      if (!/^\d+$/.test(new TextDecoder().decode(value))) throw new Error('not a number')
    }
  },
  selectors: {
    note: (_, values) => {
      const numbers = values.map(value => Number(new TextDecoder().decode(value)))
      return numbers.indexOf(Math.max(...numbers))
    }
  }
})

let server: Server
let table: RoutingTable
let providers: ProviderRecords
let values: ValueRecords
let own: OwnRecords
let clients: Contact[]

beforeEach(() => {
  table = new RoutingTable({ self: self.key })
  for (const contact of peers(30)) table.add({ contact, groups: [], isConnected: false }, T)
  providers = new ProviderRecords({ self: self.key })
  values = new ValueRecords({ self: self.key })
  own = new OwnRecords()
  clients = []
  const connected = (id: Uint8Array) => {
    const contact = clients.find(client => client.id.equals(id))
    return contact && Promise.resolve(contact)
  }
  const stores = { table, providers, values, own, validators, contacts }
  server = new Server({ k: 20, self: () => self, ...stores, connected, now: () => T })
})

async function ask(message: Partial<Message> & Pick<Message, 'type'>, from: Asker = asker) {
  const request: Message = { key: new Uint8Array(0), closerPeers: [], providerPeers: [], ...message }
  const frame = await server.answer(request, from)
  if (frame === undefined) return undefined
  const input = new Rope()
  input.push(frame)
  return decodeMessage(takeMessage(input, 1 << 22)!)
}

async function refusal(message: Partial<Message> & Pick<Message, 'type'>, from?: Asker): Promise<string> {
  try {
    await ask(message, from)
    return 'answered'
  } catch (err) {
    expect(err).toMatchObject({ name: 'KadError' })
    return (err as { code: string }).code
  }
}

const read = (wires: readonly Uint8Array[] = []) => contacts.readAll(wires)

describe('FIND_NODE', () => {
  const target = peerIdToBytes(idOf('target'))

  it('gives the k nearest', async () => {
    const answer = await ask({ type: MessageType.FIND_NODE, key: target })
    const nearest = table.closest(contactOf(idOf('target'), []).key, 20)
    expect(names(read(answer?.closerPeers))).toEqual(names(nearest))
  })

  it('does not name whoever asks', async () => {
    const answer = await ask({ type: MessageType.FIND_NODE, key: target }, { ...asker, remotePeer: peers(1)[0]!.id })
    expect(names(read(answer?.closerPeers))).not.toContain(peers(1)[0]!.name)
    expect(answer?.closerPeers).toHaveLength(20)
  })

  it('gives a connected peer that serves nobody, when it is the one asked for', async () => {
    clients = [peer('target')]
    const answer = await ask({ type: MessageType.FIND_NODE, key: target })
    expect(read(answer?.closerPeers)[0]?.name).toBe(peer('target').name)
  })

  it('says whom we are connected to', async () => {
    const [contact] = peers(1) as [Contact]
    table.add({ contact, groups: [], isConnected: true }, T)
    const answer = await ask({ type: MessageType.FIND_NODE, key: peerIdToBytes(contact.id) })
    expect(Wire.decode(answer!.closerPeers[0]!).connection).toBe(1)
    expect(Wire.decode(answer!.closerPeers[1]!).connection).toBe(0)
  })

  it('fits into what rust-libp2p reads, however many addresses there are', async () => {
    const addresses = Array.from({ length: 32 }, (_, i) => multiaddr(`/dns4/host-${i}.example.com/tcp/4001/tls/ws`))
    for (const { id } of peers(30)) {
      table.add({ contact: contactOf(id, addresses), groups: [], isConnected: true }, T)
    }
    const answer = await ask({ type: MessageType.FIND_NODE, key: target })
    expect(answer?.closerPeers).toHaveLength(20)
    const bytes = answer!.closerPeers.reduce((sum, wire) => sum + wire.byteLength + 4, 60)
    expect(bytes).toBeLessThanOrEqual(MAX_SENT_ANSWER_BYTES)
  })
})

describe('providers', async () => {
  const multihash = (await sha256.digest(fromUtf8('content'))).bytes
  const provider = (id: PeerId) => encodePeer(contactOf(id, [multiaddr('/ip4/5.6.7.8/tcp/4001')]))
  const announce = (id: PeerId, from = asker) =>
    ask({ type: MessageType.ADD_PROVIDER, key: multihash, providerPeers: [provider(id)] }, from)

  it('are told, with the nearest peers', async () => {
    expect(await announce(asker.remotePeer)).toBeUndefined()
    const answer = await ask({ type: MessageType.GET_PROVIDERS, key: multihash })
    expect(read(answer?.providerPeers).map(({ name }) => name)).toEqual([asker.remotePeer.toString()])
    expect(answer?.closerPeers).toHaveLength(20)
  })

  it('are ourselves with the addresses of now', async () => {
    own.provide(multihash, T)
    const answer = await ask({ type: MessageType.GET_PROVIDERS, key: multihash })
    expect(read(answer?.providerPeers)[0]?.multiaddrs.map(String)).toEqual(self.multiaddrs.map(String))
  })

  it('do not speak for others', async () => {
    const message = { type: MessageType.ADD_PROVIDER, key: multihash, providerPeers: [provider(idOf('somebody'))] }
    expect(await refusal(message)).toBe('not-ours')
    expect(providers.size).toBe(0)
  })

  it('may be named beside others, who are not stored', async () => {
    const providerPeers = [provider(idOf('somebody')), provider(asker.remotePeer)]
    await ask({ type: MessageType.ADD_PROVIDER, key: multihash, providerPeers })
    expect(providers.of(multihash, T).map(record => record.provider)).toEqual([asker.remotePeer.toString()])
  })

  it('fill an answer, and no more', async () => {
    for (let i = 0; i < 250; i++) {
      const id = idOf(`provider ${i}`)
      await announce(id, { remotePeer: id, remoteAddr: multiaddr(`/ip4/9.9.${i}.1/tcp/1`) })
    }
    const answer = await ask({ type: MessageType.GET_PROVIDERS, key: multihash })
    expect(answer!.providerPeers.length).toBeGreaterThan(100)
    const bytes = [...answer!.providerPeers, ...answer!.closerPeers].reduce(
      (sum, wire) => sum + wire.byteLength + 4,
      60
    )
    expect(bytes).toBeLessThanOrEqual(MAX_SENT_ANSWER_BYTES)
  })

  it.each([
    ['of no bytes', new Uint8Array(0)],
    ['that is no multihash', fromUtf8('content')],
    ['over 80 bytes', Uint8Array.of(0, 90, ...new Uint8Array(90))]
  ])('of a key %s are refused', async (_, bad) => {
    expect(await refusal({ type: MessageType.GET_PROVIDERS, key: bad })).toBe('malformed')
    expect(await refusal({ type: MessageType.ADD_PROVIDER, key: bad })).toBe('malformed')
  })
})

describe('values', () => {
  const put = (value: string, fields: Partial<Message> = {}) => {
    const record = encodeValueRecord({ key, value: fromUtf8(value), timeReceived: 5 })
    return { type: MessageType.PUT_VALUE, key, record, ...fields }
  }
  const stored = async () => {
    const answer = await ask({ type: MessageType.GET_VALUE, key })
    const record = answer?.record && readRecord(answer.record)
    return record && new TextDecoder().decode(record.value)
  }

  it('are stored, confirmed and given back with the time at which they came', async () => {
    const answer = await ask(put('1'))
    expect(readRecord(answer!.record!)?.value).toEqual(fromUtf8('1'))
    expect(await stored()).toBe('1')
    expect(values.get(key, T)?.timeReceived).toBe(T)
    expect((await ask({ type: MessageType.GET_VALUE, key }))?.closerPeers).toHaveLength(20)
  })

  it('are replaced by better ones only', async () => {
    await ask(put('5'))
    expect(await refusal(put('4'))).toBe('outdated')
    expect(await refusal(put('5'))).toBe('answered')
    await ask(put('6'))
    expect(await stored()).toBe('6')
  })

  it.each([
    ['invalid-record', 'one that its validator refuses', put('x')],
    [
      'invalid-record',
      'a namespace without a validator',
      {
        ...put('1'),
        key: fromUtf8('/other/a'),
        record: encodeValueRecord({ key: fromUtf8('/other/a'), value: fromUtf8('1') })
      }
    ],
    ['malformed', 'a record of another key', put('1', { key: fromUtf8('/note/b') })],
    ['malformed', 'no record', put('1', { record: undefined })],
    ['malformed', 'a record that is none', put('1', { record: Uint8Array.of(0xff) })],
    [
      'malformed',
      'no key',
      { type: MessageType.PUT_VALUE, record: encodeValueRecord({ key: new Uint8Array(0), value: fromUtf8('1') }) }
    ],
    ['too-large', 'a value too large', put('1'.repeat(MAX_VALUE_BYTES + 1))]
  ])('are refused, %s: %s', async (code, _, message) => {
    expect(await refusal(message)).toBe(code)
    expect(values.size).toBe(0)
  })
})

describe('other requests', () => {
  it('a PING is answered', async () => {
    expect((await ask({ type: MessageType.PING }))?.type).toBe(MessageType.PING)
  })

  it.each([MessageType.FIND_NODE, MessageType.GET_VALUE])('type %i without a key is refused', async type => {
    expect(await refusal({ type })).toBe('malformed')
  })
})
