/** gossipsub-interop of test-plans: does what a script says, and logs what it hears. */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type GossipsubOptions, partialMessages, TopicValidatorResult } from '@ts-libp2p/gossipsub'
import { groupBytes, type PartedMessage, PartedMessages } from '@ts-libp2p/interop-harness/parts'
import type { TraceEvent, Tracer } from '@ts-libp2p/pubsub'
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
  private readonly parted = new PartedMessages(logComplete)
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
    const parts = partialMessages({
      onPartial: (from, partial, states) => this.parted.receive(this.started.services.pubsub, from, partial, states)
    })
    this.node = await startGossipNode(this.place, { ...params, tracer, partialMessages: parts })
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
    const message = this.parted.of(topicID, groupBytes(groupID))
    message.fill(groupID, parts)
    if (message.isComplete) logComplete(message)
  }

  private publishParts({ topicID, groupID, publishToNodeIDs }: Instruction & { type: 'publishPartial' }): void {
    const to = publishToNodeIDs?.length ? publishToNodeIDs.map(nodePeerId) : undefined
    const message = this.parted.of(topicID, groupBytes(groupID))
    this.parted.send(this.started.services.pubsub, topicID, message, to)
  }
}

/** Every message that comes, copies too. */
function logReceived(event: TraceEvent): void {
  if (event.type !== 'recvRpc') return
  for (const { id, topic } of event.rpc.messages) {
    log('Received Message', { id: String(Buffer.from(id, 'latin1').readBigUInt64BE()), from: event.peer, topic })
  }
}

function logComplete({ groupId }: PartedMessage): void {
  log('All parts received', { 'group id': groupNumber(groupId) })
}

function groupNumber(groupId: Uint8Array): number {
  return Number(new DataView(groupId.buffer, groupId.byteOffset, groupId.byteLength).getBigUint64(0))
}

function log(msg: string, fields: object): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level: 'INFO', msg, ...fields })}\n`)
}
