/** gossipsub-interop of test-plans: does what a script says, and logs what it hears. */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type GossipsubOptions, TopicValidatorResult } from '@ts-libp2p/gossipsub'
import type { Partial, TraceEvent, Tracer } from '@ts-libp2p/pubsub'
import { TaskError } from '../task.ts'
import {
  connect,
  type GossipNode,
  nodePeerId,
  type Place,
  placeByHostname,
  placeByPattern,
  startGossipNode
} from './node.ts'
import { groupBytes, PartedMessage } from './parts.ts'
import { gossipParams, type Instruction, readScript } from './script.ts'

export interface GossipTask {
  role: 'gossip'
  /** The path of `params.json`. */
  params: string
  /** Otherwise the name of the host says it. */
  place?: { nodeId: number; hosts: string }
}

const ID_BYTES = 8
const PARTIAL = { requestsPartial: true, supportsSendingPartial: true }

/** Ends when the script does. */
export async function runScript({ params, place }: GossipTask): Promise<void> {
  const script = readScript(await readFile(params, 'utf8'))
  await using scripted = new ScriptedNode(
    place === undefined ? placeByHostname() : placeByPattern(place.nodeId, place.hosts)
  )
  for (const instruction of script) await scripted.run(instruction)
}

class ScriptedNode implements AsyncDisposable {
  private readonly place: Place
  private readonly startedAt = performance.now()
  private readonly delaysMs = new Map<string, number>()
  private readonly parted = new Map<string, PartedMessage>()
  private node: GossipNode | undefined

  constructor(place: Place) {
    this.place = place
    log('PeerID', { id: nodePeerId(place.nodeId), node_id: place.nodeId })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.node?.stop()
  }

  async run(instruction: Instruction): Promise<void> {
    switch (instruction.type) {
      case 'initGossipSub':
        return await this.init(gossipParams(instruction.gossipSubParams))
      case 'connect':
        for (const nodeId of instruction.connectTo) await connect(this.started, this.place, nodeId)
        return
      case 'ifNodeIDEquals':
        if (instruction.nodeID === this.place.nodeId) await this.run(instruction.instruction)
        return
      case 'waitUntil':
        return await sleep(Math.max(0, this.startedAt + instruction.elapsedSeconds * 1000 - performance.now()))
      case 'publish':
        return await this.publish(instruction)
      case 'subscribeToTopic':
        return this.started.services.pubsub.subscribe(instruction.topicID, instruction.partial ? PARTIAL : undefined)
      case 'setTopicValidationDelay':
        return this.delay(instruction.topicID, instruction.delaySeconds * 1000)
      case 'addPartialMessage':
        return this.addParts(instruction)
      case 'publishPartial':
        return this.publishParts(instruction)
    }
  }

  private get started(): GossipNode {
    if (this.node === undefined) throw new TaskError('the script does not begin with initGossipSub')
    return this.node
  }

  private async init(params: GossipsubOptions): Promise<void> {
    const tracer: Tracer = { trace: event => logReceived(event) }
    const partialMessages = {
      onPartial: (from: string, partial: Partial, states: Map<string, unknown>) => this.onParts(from, partial, states)
    }
    this.node = await startGossipNode(this.place, { ...params, tracer, partialMessages } as GossipsubOptions)
    console.error(`listening on ${this.node.getMultiaddrs()[0]}`)
  }

  private async publish({ messageID, messageSizeBytes, topicID }: Instruction & { type: 'publish' }): Promise<void> {
    const data = new Uint8Array(Math.max(messageSizeBytes, ID_BYTES))
    new DataView(data.buffer).setBigUint64(0, BigInt(messageID))
    await this.started.services.pubsub.publish(topicID, data)
  }

  private delay(topic: string, ms: number): void {
    this.delaysMs.set(topic, ms)
    this.started.services.pubsub.topicValidators.set(topic, async () => {
      await sleep(this.delaysMs.get(topic))
      return TopicValidatorResult.Accept
    })
  }

  // ---- messages in parts -------------------------------------------------------------------------------------------

  private addParts({ topicID, groupID, parts }: Instruction & { type: 'addPartialMessage' }): void {
    const message = this.partsOf(topicID, groupBytes(groupID))
    message.fill(groupID, parts)
    if (message.isComplete) log('All parts received', { 'group id': groupID })
  }

  private publishParts({ topicID, groupID, publishToNodeIDs }: Instruction & { type: 'publishPartial' }): void {
    const to = publishToNodeIDs?.length ? publishToNodeIDs.map(nodePeerId) : undefined
    this.sendParts(topicID, this.partsOf(topicID, groupBytes(groupID)), to)
  }

  private partsOf(topic: string, groupId: Uint8Array): PartedMessage {
    const key = `${topic} ${groupId}`
    const message = this.parted.get(key) ?? new PartedMessage(groupId.slice())
    this.parted.set(key, message)
    return message
  }

  /** To each what it lacks as far as we know, and what we have when that is news. */
  private sendParts(topic: string, message: PartedMessage, to?: readonly string[]): void {
    this.started.services.pubsub.publishPartial<Share>(topic, message.groupId, (states, requestsPartial) => {
      const peers = to ?? [...states.keys()]
      return peers.flatMap(peer => {
        const { theirs, told } = states.get(peer) ?? NOTHING_KNOWN
        const parts = theirs !== undefined && requestsPartial(peer) ? message.encodeFor(theirs) : undefined
        const isNews = told !== message.has
        if (parts === undefined && !isNews) return []
        states.set(peer, { theirs: parts === undefined ? theirs : (theirs ?? 0) | message.has, told: message.has })
        const metadata = isNews ? { metadata: Uint8Array.of(message.has) } : {}
        return [{ peer, ...(parts === undefined ? {} : { message: parts }), ...metadata }]
      })
    })
  }

  private onParts(from: string, partial: Partial, states: Map<string, unknown>): void {
    const message = this.partsOf(partial.topic, partial.groupId)
    const share = (states.get(from) as Share | undefined) ?? NOTHING_KNOWN
    const [theirs] = partial.metadata ?? []
    if (theirs !== undefined) states.set(from, { ...share, theirs: (share.theirs ?? 0) | theirs })
    const isExtended = partial.message !== undefined && message.take(partial.message)
    if (isExtended && message.isComplete) log('All parts received', { 'group id': groupNumber(message.groupId) })
    // Our neighbours are told of what is new; who has what we lack, or lacks what we have, is told what we have.
    if (isExtended) this.sendParts(partial.topic, message)
    if (theirs !== undefined && theirs !== message.has) this.sendParts(partial.topic, message, [from])
  }
}

/** What we know of a peer's parts of a message. */
interface Share {
  /** Bits of those that it has, or will have. */
  readonly theirs: number | undefined
  /** Bits of ours that it was told of. */
  readonly told: number | undefined
}

const NOTHING_KNOWN: Share = { theirs: undefined, told: undefined }

/** Every message that comes, copies too. */
function logReceived(event: TraceEvent): void {
  if (event.type !== 'recvRpc') return
  for (const { id, topic } of event.rpc.messages) {
    log('Received Message', { id: String(Buffer.from(id, 'latin1').readBigUInt64BE()), from: event.peer, topic })
  }
}

function groupNumber(groupId: Uint8Array): number {
  return Number(new DataView(groupId.buffer, groupId.byteOffset, groupId.byteLength).getBigUint64(0))
}

function log(msg: string, fields: object): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level: 'INFO', msg, ...fields })}\n`)
}
