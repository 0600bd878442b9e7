import { concat, fromUtf8, LengthPrefixDecoder, lengthPrefixed } from '@ts-libp2p/bytes'
import type { Stream } from '@ts-libp2p/interface'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { DECODE_RPC_LIMITS, decodeRpc, type Rpc, type RpcParts } from '@ts-libp2p/pubsub'
import { identity } from '@ts-libp2p/testing'
import type { Host, World } from '@ts-libp2p/testing/simulation'
import { encodeRpcs } from '../../pubsub/src/rpc-encode.ts'
import { encodeMessage, signingInput, withSignature } from '../../pubsub/src/wire-message.ts'
import { GOSSIPSUB_1_2 } from '../src/index.ts'
import { type SimulatedNode, TOPIC } from './hosts.ts'

/** A peer that says what the test says, and keeps what it is told. */
export class RawPeer {
  readonly received: Rpc[] = []
  readonly node: Awaited<ReturnType<typeof createLibp2p>>
  stream!: Stream
  /** Set to take nothing more of what is sent to it. */
  isDeaf = false
  private readonly world: World
  private readonly protocol: string

  static async connect(world: World, to: SimulatedNode, protocol: string = GOSSIPSUB_1_2): Promise<RawPeer> {
    const host = world.host({ run: (on: Host) => createLibp2p(on.options()) })
    const peer = new RawPeer(world, await host.start(), protocol)
    await peer.node.handle(protocol, stream => peer.listen(stream))
    await world.until(peer.node.dial(to.getMultiaddrs()))
    await peer.open(to)
    return peer
  }

  private constructor(world: World, node: RawPeer['node'], protocol: string) {
    this.world = world
    this.node = node
    this.protocol = protocol
  }

  get name(): string {
    return this.node.peerId.toString()
  }

  /** Opens another stream, which replaces the one before. */
  async open(to: SimulatedNode): Promise<void> {
    this.stream = await this.world.until(this.node.dialProtocol(to.peerId, this.protocol))
  }

  say(parts: RpcParts): void {
    for (const frame of encodeRpcs(parts, 16 * 1024 * 1024).frames) this.stream.send(frame)
  }

  /** A whole RPC, without its length. */
  sendRpc(rpc: Uint8Array): void {
    this.stream.send(lengthPrefixed(rpc))
  }

  /** Messages, as they are within an RPC. */
  sendMessages(...messages: Uint8Array[]): void {
    this.sendRpc(concat(messages.flatMap(message => [Uint8Array.of(0x12), lengthPrefixed(message)])))
  }

  joins(...topics: string[]): void {
    this.say({ subscriptions: topics.map(topic => ({ topic, subscribe: true })) })
  }

  /** All that it was told, one after the other. */
  get messages(): Uint8Array[] {
    return this.received.flatMap(({ messages }) => messages)
  }

  get pruned(): readonly { readonly topic: string; readonly backoffSeconds?: number }[] {
    return this.received.flatMap(({ control }) => control?.prune ?? [])
  }

  private async listen(stream: Stream): Promise<void> {
    const decoder = new LengthPrefixDecoder({ limitBytes: 16 * 1024 * 1024 })
    try {
      for await (const chunk of stream) {
        for (const rpc of decoder.push(chunk.subarray())) this.received.push(decodeRpc(rpc, DECODE_RPC_LIMITS))
        if (this.isDeaf) await new Promise(() => {})
      }
    } catch {
      // The other side gave it up: the test looks at what was received.
    }
  }
}

/** A message as it is within an RPC, always of the same author and with the same sequence number. */
export async function signedMessage(text: string): Promise<Uint8Array> {
  const { peerId, privateKey } = identity('author of one number')
  const { bytes: from } = peerId.toMultihash()
  const unsigned = encodeMessage({ topic: TOPIC, data: fromUtf8(text), from, seqno: new Uint8Array(8).fill(1) })
  return withSignature(unsigned, { signature: await privateKey.sign(signingInput(unsigned)) }).bytes
}
