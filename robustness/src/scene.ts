import type { Connection, PeerId, StreamCloseEvent } from '@ts-libp2p/interface'
import {
  createLibp2p,
  type DefaultServices,
  type Libp2pNode,
  type Libp2pOptions,
  multiaddr,
  type ServicesOf
} from '@ts-libp2p/libp2p'
import { identity } from '@ts-libp2p/testing'
import { usedBytes } from '@ts-libp2p/testing/memory'
import { expect } from 'vitest'
import { ErrorLog } from './error-log.ts'
import { type Conversation, converse } from './honest.ts'

/** Bytes that a node under attack may use beyond what it used before, unless the attack is allowed more. */
const MAX_GROWTH_BYTES: number = 8 * 1024 * 1024

/** Milliseconds between measurements, each of which stops everything to collect garbage. */
const MEASURE_INTERVAL_MS = 150

/** How a connection of the node ended. */
export interface Loss {
  readonly peer: PeerId
  readonly error?: Error
}

export interface SceneOptions extends Pick<Libp2pOptions, 'limits' | 'streamMuxers' | 'connectionEncrypters'> {
  services?: Libp2pOptions['services']
  /** Where the node listens. Default one TCP port of loopback. */
  listen?: readonly string[]
  resolver?: Libp2pOptions['resolver']
  connectionGater?: Libp2pOptions['connectionGater']
}

export interface Endured<T> {
  readonly result: T
  /** What the honest peer exchanged with the node meanwhile, everything as it should be. */
  readonly exchanges: number
  /** The most that node and attacker together used beyond what they used before, bytes. */
  readonly growthBytes: number
  /** What of that is left once nothing is under way any more, bytes. */
  readonly keptBytes: number
}

/**
 * A node that will be attacked, and an honest peer that is connected to it all the time. Both are whole nodes over TCP,
 * with everything that `createLibp2p()` sets up.
 *
 * @example
 * await using scene = await setScene()
 * const { growthBytes } = await scene.endure(async () => flood(await attacker(scene.node)))
 */
export class Scene implements AsyncDisposable {
  readonly node: Libp2pNode
  readonly honest: Libp2pNode<ServicesOf<DefaultServices>>
  /** The honest peer's connection to the node. */
  readonly connection: Connection
  /** What the node said went wrong. */
  readonly log: ErrorLog
  /** Connections of the node that ended, with the reason that it has for each. */
  readonly losses: readonly Loss[]

  constructor(parts: Pick<Scene, 'node' | 'honest' | 'connection' | 'log' | 'losses'>) {
    this.node = parts.node
    this.honest = parts.honest
    this.connection = parts.connection
    this.log = parts.log
    this.losses = parts.losses
  }

  /**
   * Runs the attack while the honest peer pings and exchanges data with the node over one connection and many streams.
   * Fails when anything of that fails, or when memory grows over `maxGrowthBytes`.
   */
  async endure<T>(attack: () => Promise<T>, options: { maxGrowthBytes?: number } = {}): Promise<Endured<T>> {
    const { maxGrowthBytes = MAX_GROWTH_BYTES } = options
    const conversation = converse(this)
    await conversation.next()
    const before = await usedBytes()
    let isOver = false
    const attacking = attack().finally(() => {
      isOver = true
    })
    attacking.catch(() => {})
    let growthBytes = 0
    let exchanges = 0
    const measure = async (): Promise<number> => {
      const bytes = (await usedBytes()) - before
      growthBytes = Math.max(growthBytes, bytes)
      expect(growthBytes, 'bytes used beyond what was used before').toBeLessThan(maxGrowthBytes)
      return bytes
    }
    for (let measuredAt = 0; !isOver; ) {
      exchanges += await exchange(conversation)
      if (performance.now() - measuredAt < MEASURE_INTERVAL_MS) continue
      await measure()
      measuredAt = performance.now()
    }
    const result = await attacking
    exchanges += await exchange(conversation)
    const keptBytes = await measure()
    expect(this.connection.status).toBe('open')
    return { result, exchanges, growthBytes, keptBytes }
  }

  /** Why the node lost its connection to the peer, once it has: an error's name and code. */
  async lossOf(peer: PeerId): Promise<Loss> {
    const find = (): Loss | undefined => this.losses.find(loss => loss.peer.equals(peer))
    await expect.poll(find, { message: `the node should lose its connection to ${peer}` }).toBeDefined()
    return find() as Loss
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.honest.stop(), this.node.stop()])
  }
}

export async function setScene(options: SceneOptions = {}): Promise<Scene> {
  const log = new ErrorLog()
  const { listen = ['/ip4/127.0.0.1/tcp/0'], ...settings } = options
  const node = await createLibp2p({
    ...settings,
    ...identity('node under attack'),
    addresses: { listen },
    logger: log
  })
  const losses: Loss[] = []
  node.addEventListener('connection:open', ({ detail }) => {
    detail.addEventListener('close', ({ error }: StreamCloseEvent) => losses.push({ peer: detail.remotePeer, error }))
  })
  await node.handle('/echo/1.0.0', stream => stream.sink(stream.source))
  const honest = await createLibp2p({
    ...identity('honest peer'),
    addresses: { listen: [] },
    streamMuxers: settings.streamMuxers,
    connectionEncrypters: settings.connectionEncrypters
  })
  const connection = await honest.dial(node.getMultiaddrs().map(ma => multiaddr(ma.toString())))
  return new Scene({ node, honest, connection, log, losses })
}

async function exchange(conversation: Conversation): Promise<number> {
  const { value } = await conversation.next()
  return value ?? 0
}
