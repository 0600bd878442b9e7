import { concat } from '@ts-libp2p/bytes'
import type { Multiaddr, PeerId, PeerInfo, Random } from '@ts-libp2p/interface'
import { AnswerSchedule, type Wanted } from './answer-schedule.ts'
import { MdnsError } from './errors.ts'
import * as limits from './limits.ts'
import { ALL_SERVICES, canonical, isBelow, isName, lookupName, type ServiceNames } from './names.ts'
import type { Packet, Question, Resource } from './packet.ts'
import { PeerCache } from './peer-cache.ts'
import { QuerySchedule } from './query-schedule.ts'
import { readPeers } from './read-peers.ts'
import { isBelievable, type Network, tellable } from './suitable.ts'
import { writePeer } from './write-peer.ts'

export interface CoreOptions {
  readonly peerId: PeerId
  readonly names: ServiceNames
  /** `<random>.<service>`: what this run is called. */
  readonly instance: string
  /** Answer only those who ask for our peer id. */
  readonly isQuiet: boolean
  readonly queryIntervalMs: number
  readonly random: Random
  /** Where we can be reached now. */
  readonly addresses: () => readonly Multiaddr[]
}

/** Who sent a packet, and on which of our networks. */
export interface Source {
  readonly network: string
  readonly ip: string
  /** It came from this machine. */
  readonly isOurs: boolean
}

export type Effect =
  | { readonly type: 'send'; readonly packet: Packet; readonly network: string }
  | { readonly type: 'peer'; readonly peer: PeerInfo }
  | { readonly type: 'record'; readonly name: string; readonly bytes: Uint8Array }

/** Multicast DNS without sockets and timers: packets and the time in, packets and findings out. */
export class MdnsCore {
  private readonly options: CoreOptions
  private readonly ownLookup: string
  private readonly peers = new PeerCache()
  private readonly queries: QuerySchedule
  private readonly answers: AnswerSchedule
  private networks: readonly Network[] = []
  /** Random ids of our own questions: a network may send them back. */
  private readonly sentIds = new Set<number>()
  /** When ourselves are announced without being asked. */
  private announceAt: number[] = []
  /** Of peers that are looked for, by the name to ask for; the one asked for longest ago is first. */
  private readonly lookups = new Map<string, { peer: PeerId; count: number }>()
  private readonly records = new Map<string, Uint8Array>()
  private readonly recordQuestions = new Set<string>()

  constructor(options: CoreOptions) {
    this.options = options
    this.ownLookup = lookupName(options.peerId, options.names)
    this.queries = new QuerySchedule(options.random, options.queryIntervalMs)
    this.answers = new AnswerSchedule(options.random)
  }

  /** When `tick` is due. */
  get nextAt(): number {
    return Math.min(this.queries.at, this.answers.at, this.announceAt[0] ?? Number.POSITIVE_INFINITY)
  }

  /** What was heard of a peer, if it is fresh. */
  known(peer: PeerId, now: number): PeerInfo | undefined {
    return this.peers.get(peer, now)
  }

  /** The networks that there are now. On a new one we say who we are, and ask who is there. */
  setNetworks(networks: readonly Network[], now: number): void {
    const before = new Set(this.networks.map(({ id }) => id))
    this.networks = networks
    this.answers.keepOnly(new Set(networks.map(({ id }) => id)))
    if (networks.length === 0) this.queries.stop()
    if (networks.every(({ id }) => before.has(id))) return
    this.announce(now)
    this.queries.hurry(now)
  }

  /** Says who we are, twice, since packets get lost. Source: RFC 6762 §8.3. */
  announce(now: number): void {
    if (!this.options.isQuiet) this.announceAt = [now, now + limits.MIN_ANSWER_INTERVAL_MS]
  }

  receive(packet: Packet, source: Source, now: number): Effect[] {
    if (packet.isResponse) return this.onResponse(packet, source, now)
    if (!this.sentIds.has(packet.id) || packet.id === 0) this.onQuery(packet, source, now)
    return []
  }

  /** What is due. */
  tick(now: number): Effect[] {
    while (this.announceAt[0] !== undefined && this.announceAt[0] <= now) {
      this.announceAt.shift()
      for (const { id } of this.networks) this.wantOurselves(id, this.options.names.peers, now)
    }
    const effects = this.queries.at <= now ? this.ask(now) : []
    for (const { network, wanted } of this.answers.take(now)) effects.push(...this.answer(network, wanted))
    return effects
  }

  /** Asks for a peer until `endLookup`. Throws an `MdnsError` (`full`). */
  beginLookup(peer: PeerId, now: number): void {
    const name = lookupName(peer, this.options.names)
    const lookup = this.lookups.get(name) ?? { peer, count: 0 }
    if (this.lookups.size >= limits.MAX_LOOKUPS && lookup.count === 0) {
      throw new MdnsError('full', `${this.lookups.size} peers are looked for already`)
    }
    lookup.count++
    this.lookups.set(name, lookup)
    this.queries.hurry(now)
  }

  endLookup(peer: PeerId): void {
    const name = lookupName(peer, this.options.names)
    const lookup = this.lookups.get(name)
    if (lookup !== undefined && --lookup.count === 0) this.lookups.delete(name)
  }

  /** Answers for a record from now on, and tells of it. Throws an `MdnsError`: `full` or `too-large`. */
  publish(name: string, bytes: Uint8Array, now: number): void {
    if (bytes.byteLength > limits.MAX_RECORD_BYTES) {
      throw new MdnsError('too-large', `a record of ${bytes.byteLength} bytes is over ${limits.MAX_RECORD_BYTES}`)
    }
    if (this.records.size >= limits.MAX_OWN_RECORDS && !this.records.has(name)) {
      throw new MdnsError('full', `${this.records.size} records are answered for already`)
    }
    this.records.set(name, bytes)
    for (const { id } of this.networks) this.answers.want(id, now, wanted => wanted.records.add(name))
  }

  unpublish(name: string): void {
    this.records.delete(name)
  }

  /** Asks for a record, or for all with the name of the service. Throws an `MdnsError` (`full`). */
  askForRecord(name: string, now: number): void {
    if (this.recordQuestions.size >= limits.MAX_QUEUED_RECORDS && !this.recordQuestions.has(name)) {
      throw new MdnsError('full', `${this.recordQuestions.size} records are to be asked for already`)
    }
    this.recordQuestions.add(name)
    this.queries.hurry(now)
  }

  /** Farewell, so that the others need not wait for us to expire. */
  goodbye(): Effect[] {
    if (this.options.isQuiet) return []
    return this.networks.flatMap(network => this.ourselves(network, [], 0))
  }

  private onQuery(packet: Packet, { network }: Source, now: number): void {
    const { names, instance, isQuiet } = this.options
    for (const question of packet.questions) {
      if (!isOfType(question)) continue
      const { name } = question
      const isForAll = isName(name, names.peers)
      if (isForAll && packet.answers.length === 0) this.queries.heard(now)
      if (isName(name, this.ownLookup)) this.wantOurselves(network, this.ownLookup, now)
      else if ((isForAll && !this.knowsUs(packet)) || isName(name, instance)) {
        if (!isQuiet) this.wantOurselves(network, names.peers, now)
      } else if (isName(name, ALL_SERVICES) && !isQuiet) {
        this.answers.want(network, now, wanted => {
          wanted.isEnumeration = true
        })
      } else this.onRecordQuestion(name, network, now)
    }
  }

  /** Whoever lists us with half of our time left needs no answer. Source: RFC 6762 §7.1. */
  private knowsUs({ answers }: Packet): boolean {
    return answers.some(
      answer =>
        answer.type === 'PTR' &&
        isName(answer.target, this.options.instance) &&
        answer.ttlSeconds >= limits.TTL_SECONDS / 2
    )
  }

  private onRecordQuestion(name: string, network: string, now: number): void {
    const asked = canonical(name)
    const names = isName(name, this.options.names.records) ? [...this.records.keys()] : [asked]
    const ours = names.filter(name => this.records.has(name))
    if (ours.length === 0) return
    this.answers.want(network, now, wanted => ours.forEach(name => void wanted.records.add(name)))
  }

  private onResponse(packet: Packet, source: Source, now: number): Effect[] {
    const { names, instance, peerId } = this.options
    const effects: Effect[] = []
    for (const told of readPeers(packet, names, instance)) {
      if (told.id.equals(peerId)) continue
      const addresses = told.addresses.filter(address => isBelievable(address, source))
      const news = this.peers.note({ ...told, addresses }, source.ip, now)
      // Whoever looks for a peer wants to hear of it, new or not.
      const peer = news ?? (this.isLookedFor(told.id) ? this.peers.get(told.id, now) : undefined)
      if (peer !== undefined) effects.push({ type: 'peer', peer })
    }
    return [...effects, ...this.readRecords(packet)]
  }

  private isLookedFor(peer: PeerId): boolean {
    return this.lookups.size > 0 && this.lookups.has(lookupName(peer, this.options.names))
  }

  private readRecords({ answers, additionals }: Packet): Effect[] {
    return [...answers, ...additionals].flatMap(record => {
      if (record.type !== 'TXT' || !isBelow(record.name, this.options.names.records)) return []
      return [{ type: 'record', name: canonical(record.name), bytes: concat(record.strings) } as const]
    })
  }

  private wantOurselves(network: string, name: string, now: number): void {
    this.answers.want(network, now, wanted => wanted.ourselves.add(name))
  }

  private ask(now: number): Effect[] {
    this.peers.expire(now)
    this.queries.asked(now)
    const { names, isQuiet } = this.options
    // The others count our question for theirs, and hear the answers: we are one of them.
    if (!isQuiet) for (const { id } of this.networks) this.wantOurselves(id, names.peers, now)
    const questions: Question[] = [{ name: names.peers, type: 'PTR' }]
    for (const [name, lookup] of [...this.lookups].slice(0, limits.MAX_LOOKUPS_PER_QUERY)) {
      questions.push({ name, type: 'PTR' })
      this.lookups.delete(name)
      this.lookups.set(name, lookup)
    }
    for (const name of [...this.recordQuestions].slice(0, limits.MAX_RECORDS_PER_ANSWER)) {
      questions.push({ name, type: isName(name, names.records) ? 'PTR' : 'TXT' })
      this.recordQuestions.delete(name)
    }
    if (this.recordQuestions.size > 0) this.queries.hurry(now)
    const packet = { id: this.freshId(), isResponse: false, questions, answers: [], additionals: [] }
    return this.networks.map(({ id }) => ({ type: 'send', packet, network: id }))
  }

  private answer(id: string, wanted: Wanted): Effect[] {
    const network = this.networks.find(network => network.id === id)
    if (network === undefined) return []
    const effects = wanted.ourselves.size > 0 ? this.ourselves(network, [...wanted.ourselves]) : []
    if (wanted.isEnumeration) effects.push(sent(id, this.enumeration()))
    for (const name of wanted.records) {
      const bytes = this.records.get(name)
      if (bytes !== undefined) effects.push(sent(id, this.recordPacket(name, bytes)))
    }
    return effects
  }

  private ourselves(network: Network, askedFor: readonly string[], ttlSeconds: number = limits.TTL_SECONDS): Effect[] {
    const { names, instance, isQuiet } = this.options
    const own = new Set(this.networks.flatMap(({ addresses, elsewhere = [] }) => [...addresses, ...elsewhere]))
    const addresses = tellable(this.options.addresses(), network, own)
    // Quiet, we are not to be found under the name that everybody asks for.
    const packets = writePeer({ instance, addresses, ttlSeconds, askedFor }, names)
    return packets.map(packet => sent(network.id, isQuiet ? withoutService(packet, names) : packet))
  }

  private enumeration(): Packet {
    const { names } = this.options
    return response([{ name: ALL_SERVICES, ttlSeconds: limits.TTL_SECONDS, type: 'PTR', target: names.peers }])
  }

  private recordPacket(name: string, bytes: Uint8Array): Packet {
    const strings: Uint8Array[] = []
    for (let at = 0; at < bytes.byteLength; at += limits.MAX_TXT_BYTES) {
      strings.push(bytes.subarray(at, at + limits.MAX_TXT_BYTES))
    }
    return response([{ name, ttlSeconds: limits.TTL_SECONDS, type: 'TXT', strings }])
  }

  private freshId(): number {
    const [high = 0, low = 0] = this.options.random.bytes(2)
    const id = (high << 8) | low || 1
    this.sentIds.add(id)
    if (this.sentIds.size > limits.MAX_REMEMBERED_QUERIES) {
      this.sentIds.delete(this.sentIds.values().next().value as number)
    }
    return id
  }
}

function response(answers: readonly Resource[]): Packet {
  return { id: 0, isResponse: true, questions: [], answers, additionals: [] }
}

function sent(network: string, packet: Packet): Effect {
  return { type: 'send', packet, network }
}

function withoutService(packet: Packet, { peers }: ServiceNames): Packet {
  return { ...packet, answers: packet.answers.filter(({ type, name }) => type !== 'PTR' || !isName(name, peers)) }
}

function isOfType({ type }: Question): boolean {
  return type === 'PTR' || type === 'TXT' || type === 'SRV' || type === 'ANY'
}
