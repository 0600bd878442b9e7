/**
 * Publish/subscribe for the benchmark, written once against the contract that this project and js-libp2p share. Every
 * node publishes, and takes its time from the others: it publishes its nth message once it has those of the same number,
 * less the window, from all of them. So nobody is flooded, nothing but messages is sent, and the pace is that of the
 * slowest, in one process or in many.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Libp2p, Multiaddr } from '@ts-libp2p/interface'
import { allocatedBytes, type Commands, PROCESS_COMMANDS, serve } from './protocol.ts'

/** What the workload uses of a pubsub service. */
interface PubsubFace {
  subscribe(topic: string): void
  publish(topic: string, data: Uint8Array): Promise<unknown>
  getSubscribers(topic: string): unknown[]
  addEventListener(type: 'message', listener: (event: CustomEvent<{ data: Uint8Array }>) => void): void
}

export interface GossipNode {
  readonly node: Libp2p
  readonly pubsub: PubsubFace
}

interface GossipImplementation {
  readonly version: string
  multiaddr(text: string): Multiaddr
  /**
   * A started node with TCP, noise, yamux, identify and gossipsub, its messages signed or not.
   */
  createGossipNode(options: { listen: string[]; signed: boolean }): Promise<GossipNode>
}

/** What nodes of a process are told: `first` is the number of its first, of `total` in all processes. */
interface GossipRequest {
  readonly count: number
  readonly first: number
  readonly total: number
  readonly signed: boolean
  readonly addrs: readonly string[]
  readonly window: number
  readonly bytes: number
  readonly warmupMs: number
  readonly durationMs: number
}

interface GossipResult {
  readonly deliveries: number
  readonly ms: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMs: number
  readonly allocatedBytes: number
  /** Messages that were given up: they had not come after a second. */
  readonly lost: number
}

const TOPIC = 'bench'
/** Messages that have not come after so long are given up: nobody waits for them any more. */
const LOST_AFTER_MS = 1000
const now = (): number => performance.timeOrigin + performance.now()

export function runGossipAgent(implementation: GossipImplementation): void {
  serve({ addr: '', version: implementation.version }, { ...PROCESS_COMMANDS, ...gossipCommands(implementation) })
}

function gossipCommands(implementation: GossipImplementation): Commands {
  let members: Member[] = []
  return {
    async gossipNodes(request) {
      const { count, first, total, signed } = request as unknown as GossipRequest
      const listen = ['/ip4/127.0.0.1/tcp/0']
      const nodes = await Promise.all(
        Array.from({ length: count }, () => implementation.createGossipNode({ listen, signed }))
      )
      members = nodes.map((node, i) => new Member(node, first + i, total))
      return { addrs: nodes.map(({ node }) => String(node.getMultiaddrs()[0])) }
    },
    /** Each of our nodes dials the five behind it. */
    async gossipDial(request) {
      const { addrs } = request as unknown as GossipRequest
      for (const { node, number } of members) {
        for (const addr of behind(addrs, number)) await node.dial(implementation.multiaddr(addr))
      }
      return {}
    },
    async gossipReady() {
      for (const member of members) await member.ready()
      return {}
    },
    async gossipRun(request) {
      return { ...(await run(members, request as unknown as GossipRequest)) }
    }
  }
}

const NEIGHBOURS = 5

function behind(addrs: readonly string[], number: number): string[] {
  const count = Math.min(NEIGHBOURS, addrs.length - 1)
  return Array.from({ length: count }, (_, i) => addrs[(number + 1 + i) % addrs.length] as string)
}

async function run(members: readonly Member[], request: GossipRequest): Promise<GossipResult> {
  for (const member of members) member.begin(request)
  await sleep(request.warmupMs)
  const [from, cpuBefore, allocatedBefore] = [performance.now(), process.cpuUsage(), allocatedBytes()]
  for (const member of members) member.latencies = []
  await sleep(request.durationMs)
  const ms = performance.now() - from
  const cpu = process.cpuUsage(cpuBefore)
  const allocated = allocatedBytes() - allocatedBefore
  const latencies = members.flatMap(member => member.latencies)
  for (const member of members) member.end()
  // What is under way must not disturb the next measurement.
  await sleep(request.warmupMs)
  latencies.sort((a, b) => a - b)
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0
  return {
    ...{ deliveries: latencies.length, ms, p50Ms: at(0.5), p99Ms: at(0.99) },
    ...{ cpuMs: (cpu.user + cpu.system) / 1000, allocatedBytes: allocated },
    lost: members.reduce((sum, member) => sum + member.lost, 0)
  }
}

/** A node that publishes at the pace of the others. */
class Member {
  readonly node: Libp2p
  readonly number: number
  latencies: number[] = []
  lost = 0
  private readonly pubsub: PubsubFace
  private readonly total: number
  /** How many came from each, by number; of ourselves, how many were sent. */
  private received: number[] = []
  private sent = 0
  private window = 0
  private bytes = 0
  private isOn = false
  private lastAt = 0
  private watch: NodeJS.Timeout | undefined

  constructor({ node, pubsub }: GossipNode, number: number, total: number) {
    this.node = node
    this.pubsub = pubsub
    this.number = number
    this.total = total
    pubsub.addEventListener('message', ({ detail }) => this.onMessage(detail.data))
    pubsub.subscribe(TOPIC)
  }

  async ready(): Promise<void> {
    const wanted = Math.min(NEIGHBOURS, this.total - 1)
    while (this.pubsub.getSubscribers(TOPIC).length < wanted) await sleep(20)
  }

  begin({ window, bytes }: GossipRequest): void {
    Object.assign(this, { window, bytes, sent: 0, lost: 0, isOn: true, latencies: [], lastAt: performance.now() })
    this.received = Array.from({ length: this.total }, () => 0)
    this.watch = setInterval(() => this.giveUp(), LOST_AFTER_MS / 4)
    // The others may begin later.
    setTimeout(() => this.publish(), 200)
  }

  end(): void {
    this.isOn = false
    clearInterval(this.watch)
  }

  private onMessage(data: Uint8Array): void {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
    this.latencies.push(now() - view.getFloat64(8))
    const from = view.getUint32(0)
    this.received[from] = (this.received[from] ?? 0) + 1
    this.lastAt = performance.now()
    this.publish()
  }

  private publish(): void {
    while (this.isOn && this.sent - this.slowest() < this.window) {
      this.sent++
      this.pubsub.publish(TOPIC, this.message()).catch(() => {})
    }
  }

  private slowest(): number {
    let slowest = Number.POSITIVE_INFINITY
    for (let i = 0; i < this.total; i++) if (i !== this.number) slowest = Math.min(slowest, this.received[i] as number)
    return slowest
  }

  private message(): Uint8Array {
    const data = new Uint8Array(this.bytes)
    const view = new DataView(data.buffer)
    view.setUint32(0, this.number)
    view.setUint32(4, this.sent)
    view.setFloat64(8, now())
    return data
  }

  /** Nothing has come for long: what is missing is counted, and everybody goes on. */
  private giveUp(): void {
    if (performance.now() - this.lastAt < LOST_AFTER_MS) return
    for (let i = 0; i < this.total; i++) {
      if (i === this.number) continue
      this.lost += Math.max(0, this.sent - (this.received[i] as number))
      this.received[i] = Math.max(this.sent, this.received[i] as number)
    }
    this.lastAt = performance.now()
    this.publish()
  }
}
