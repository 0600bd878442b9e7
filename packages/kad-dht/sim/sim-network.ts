import { fromUtf8 } from '@ts-libp2p/bytes'
import { SeededRandom } from '@ts-libp2p/testing'
import { type CorePort, type Cores, type LinkModel, simulateCores, wideArea } from '@ts-libp2p/testing/simulation'
import type { Contact } from '../src/contact.ts'
import { encodePeer } from '../src/contact.ts'
import { compareDistance, type Key, keyOf } from '../src/key.ts'
import { MIN_SIZE_SAMPLES } from '../src/limits.ts'
import type { KadDHTOptions } from '../src/options.ts'
import type { LookupRun } from '../src/query/lookup-run.ts'
import { Optimist } from '../src/query/optimist.ts'
import { frame, type MessageName, MessageType } from '../src/wire/message.ts'
import { Directory } from './directory.ts'
import { KeptTables } from './kept-tables.ts'
import { type Packet, SimNode, type SimNodeInit } from './sim-node.ts'

export interface SimNetworkOptions {
  readonly size: number
  readonly seed?: number | string
  readonly link?: LinkModel
  readonly options?: KadDHTOptions
  /** Nodes that join in a second. Default 50. */
  readonly joinsPerSecond?: number
  /** Where a node is; undefined for an address of its own. */
  readonly addressOf?: (index: number) => string | undefined
}

export interface Provided {
  readonly run: LookupRun
  /** The names of those who were told. */
  readonly told: ReadonlySet<string>
}

/** The first nodes are those that everybody knows: they stay and answer. The public network has 6. */
const BOOTSTRAP = 6

/** How many of them somebody who joins connects to. */
const BOOTSTRAP_DIALS = 3

/** A DHT of simulated nodes, over a wide-area network. */
export class SimNetwork {
  readonly directory: Directory
  readonly cores: Cores<Packet, SimNode>
  readonly random: SeededRandom
  readonly size: number
  /** Indexes of nodes that complete handshakes and answer no request. */
  readonly unresponsive: Set<number> = new Set()
  private readonly options: SimNetworkOptions
  /** While everybody comes back. */
  private kept: KeptTables | undefined
  /** Makes the node at an index that is not an honest one. */
  private readonly others = new Map<number, (init: SimNodeInit) => SimNode>()

  constructor(options: SimNetworkOptions) {
    const { size, seed = 1, link = wideArea() } = options
    this.options = options
    this.size = size
    this.random = new SeededRandom(`${seed}/experiment`)
    this.directory = new Directory(seed)
    this.cores = simulateCores({ seed, link, logLines: 1000, create: port => this.create(port) })
    for (let i = 0; i < size; i++) this.directory.add(`node ${i}`, options.addressOf?.(i))
  }

  // ---- who is there --------------------------------------------------------------------------------------------------

  /** Lets everybody join, one after the other, and their tables fill. */
  build({ settleMs = 60_000 }: { settleMs?: number } = {}): void {
    const { joinsPerSecond = 50 } = this.options
    for (let i = 0; i < this.size; i++) {
      this.cores.add()
      this.cores.run({ ms: 1000 / joinsPerSecond })
    }
    this.cores.run({ ms: settleMs })
  }

  /** The same at once: everybody is back after a stop with the table of before, and looks itself up. */
  rebuild({ settleMs = 60_000 }: { settleMs?: number } = {}): void {
    const contacts = Array.from({ length: this.size }, (_, index) => this.directory.contact(index))
    this.kept = new KeptTables(contacts, this.random.fork('kept tables'))
    this.cores.add(this.size)
    this.kept = undefined
    this.cores.run({ ms: settleMs })
  }

  /** Everybody but the bootstrap nodes, by index. */
  transient(): number[] {
    return Array.from({ length: this.size - BOOTSTRAP }, (_, i) => BOOTSTRAP + i)
  }

  /** Lets a share of the nodes fall silent, now. */
  silence(share: number): void {
    for (const index of this.random.shuffle(this.transient()).slice(0, Math.round(share * this.size)))
      this.unresponsive.add(index)
  }

  /** Adds a node that is none of the network's, at an address of its own. It runs from now on. */
  addOther(name: string, address: string, make: (init: SimNodeInit) => SimNode): number {
    const index = this.directory.size
    this.directory.add(name, address)
    this.others.set(index, make)
    this.cores.add()
    return index
  }

  node(index: number): SimNode {
    const node = this.cores.shell(index)
    if (node === undefined) throw new Error(`node ${index} is down`)
    return node
  }

  /** Honest nodes that are up and answer. */
  answering(): number[] {
    const found: number[] = []
    for (let i = 0; i < this.size; i++) {
      if (this.cores.shell(i) !== undefined && !this.unresponsive.has(i)) found.push(i)
    }
    return found
  }

  /** Those of them that are nearest to a key, the nearest first. */
  nearest(target: Key, count: number): Contact[] {
    const contacts = this.answering().map(index => this.directory.contact(index))
    return contacts.sort((a, b) => compareDistance(target, a.key, b.key)).slice(0, count)
  }

  somebody(): SimNode {
    return this.node(this.random.pick(this.answering()))
  }

  /** Somebody who has looked things up before, and so knows how large the network is. */
  somebodyExperienced(): SimNode {
    const node = this.somebody()
    for (let i = 0; i < MIN_SIZE_SAMPLES; i++) this.lookUp(node, 'FIND_NODE', this.random.bytes(32))
    return node
  }

  // ---- what they do --------------------------------------------------------------------------------------------------

  /** A lookup in virtual time, to its end. */
  lookUp(node: SimNode, message: MessageName, key: Uint8Array): LookupRun {
    let ended: LookupRun | undefined
    node.lookUp(message, key, run => {
      ended = run
    })
    this.cores.runUntil(() => ended !== undefined, { limitMs: 120_000 })
    return ended as unknown as LookupRun
  }

  /** Announces a key to those that it belongs at; `isOptimistic`: by a node that knows the size of the network. */
  provide(node: SimNode, key: Uint8Array, isOptimistic: boolean = false): Provided {
    const { core, contact } = node
    const request = frame({ type: MessageType.ADD_PROVIDER, key, providerPeers: [encodePeer(contact)] })
    const told = new Set<string>()
    const tell = (peers: readonly Contact[]): void => {
      for (const peer of peers) {
        if (!told.has(peer.name)) node.tell(peer, request, () => {})
        told.add(peer.name)
      }
    }
    const run = core.lookup('FIND_NODE', key)
    const optimist = isOptimistic
      ? new Optimist(core, run, key, core.networkSize.estimate(core.clock.now()) as number)
      : undefined
    let isOver = false
    run.start({
      onEvent: ({ name }) => {
        if (name === 'PEER_RESPONSE' && optimist !== undefined) tell(optimist.onAnswer())
      },
      onDone: () => {
        isOver = true
      }
    })
    this.cores.runUntil(() => isOver, { limitMs: 120_000 })
    tell(optimist?.all() ?? run.holders())
    this.cores.run({ ms: 2000 })
    return { run, told }
  }

  /** Milliseconds until a lookup comes across a provider; undefined when it does not. */
  find(node: SimNode, key: Uint8Array, provider: Contact): number | undefined {
    const from = this.cores.nowMs
    let foundAt: number | undefined
    let isOver = false
    const run = node.core.lookup('GET_PROVIDERS', key)
    run.start({
      onEvent: event => {
        if (event.name !== 'PEER_RESPONSE' || foundAt !== undefined) return
        if (event.providers.some(({ id }) => id.equals(provider.id))) foundAt = this.cores.nowMs
      },
      onDone: () => {
        isOver = true
      }
    })
    this.cores.runUntil(() => isOver || foundAt !== undefined, { limitMs: 120_000 })
    run.stop()
    return foundAt === undefined ? undefined : foundAt - from
  }

  /** A key of some content. */
  contentKey(name: string): Uint8Array {
    const key = new Uint8Array(34)
    key.set([0x12, 0x20])
    key.set(keyOf(fromUtf8(`content ${name}`)), 2)
    return key
  }

  private create(port: CorePort<Packet>): SimNode {
    const { directory, options } = this
    const isSilent = (): boolean => this.unresponsive.has(port.index)
    const init: SimNodeInit = { port, directory, isSilent, options: options.options ?? {} }
    const other = this.others.get(port.index)
    if (other !== undefined) return other(init)
    const node = new SimNode(init)
    if (this.kept !== undefined) {
      node.comeBack(this.kept)
      return node
    }
    const known = this.random.shuffle(Array.from({ length: Math.min(port.index, BOOTSTRAP) }, (_, i) => i))
    node.join(known.slice(0, BOOTSTRAP_DIALS))
    return node
  }
}
