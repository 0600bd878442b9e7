import type { GossipParams } from '@ts-libp2p/gossipsub'
import { TaskError } from '../task.ts'

/** What the nodes of test-plans' gossipsub-interop are told to do, one after the other. */
export type Instruction =
  | { readonly type: 'initGossipSub'; readonly gossipSubParams: GoParams }
  | { readonly type: 'connect'; readonly connectTo: readonly number[] }
  | { readonly type: 'ifNodeIDEquals'; readonly nodeID: number; readonly instruction: Instruction }
  | { readonly type: 'waitUntil'; readonly elapsedSeconds: number }
  | {
      readonly type: 'publish'
      readonly messageID: number
      readonly messageSizeBytes: number
      readonly topicID: string
    }
  | { readonly type: 'subscribeToTopic'; readonly topicID: string; readonly partial?: boolean }
  | { readonly type: 'setTopicValidationDelay'; readonly topicID: string; readonly delaySeconds: number }
  | {
      readonly type: 'addPartialMessage'
      readonly topicID: string
      readonly groupID: number
      /** A bit for each of the eight parts. */
      readonly parts: number
    }
  | {
      readonly type: 'publishPartial'
      readonly topicID: string
      readonly groupID: number
      readonly publishToNodeIDs?: readonly number[] | null
    }

/** go-libp2p-pubsub's `GossipSubParams`. What is null or missing is as it is by default. */
export type GoParams = Readonly<Record<string, number | null>>

const FIELDS: Readonly<Record<Instruction['type'], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  initGossipSub: { gossipSubParams: isObject },
  connect: { connectTo: isNumbers },
  ifNodeIDEquals: { nodeID: isNumber, instruction: isObject },
  waitUntil: { elapsedSeconds: isNumber },
  publish: { messageID: isNumber, messageSizeBytes: isNumber, topicID: isText },
  subscribeToTopic: { topicID: isText },
  setTopicValidationDelay: { topicID: isText, delaySeconds: isNumber },
  addPartialMessage: { topicID: isText, groupID: isNumber, parts: isNumber },
  publishPartial: { topicID: isText, groupID: isNumber }
}

/** The instructions in the text of a `params.json`. Throws a `TaskError` that names the first that is not understood. */
export function readScript(json: string): Instruction[] {
  let params: unknown
  try {
    params = JSON.parse(json)
  } catch (cause) {
    throw new TaskError('the parameters are not JSON', { cause })
  }
  const { script } = (isObject(params) ? params : {}) as { script?: unknown }
  if (!Array.isArray(script)) throw new TaskError('the parameters have no script')
  return script.map(checked)
}

function checked(instruction: unknown): Instruction {
  const { type } = (isObject(instruction) ? instruction : {}) as { type?: string }
  const fields = type !== undefined && Object.hasOwn(FIELDS, type) ? FIELDS[type as Instruction['type']] : undefined
  if (fields === undefined) throw new TaskError(`not an instruction: ${JSON.stringify(instruction)}`)
  const given = instruction as Record<string, unknown>
  const wrong = Object.entries(fields).find(([name, isFine]) => !isFine(given[name]))
  if (wrong !== undefined) throw new TaskError(`${wrong[0]} is wrong in ${JSON.stringify(instruction)}`)
  if (type === 'ifNodeIDEquals') return { ...given, instruction: checked(given.instruction) } as Instruction
  return instruction as Instruction
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && value >= 0
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every(isNumber)
}

/** Our names of Go's parameters. Those that are missing have no counterpart here. */
const COUNTS: Readonly<Record<string, keyof GossipParams>> = {
  D: 'D',
  Dlo: 'Dlo',
  Dhi: 'Dhi',
  Dscore: 'Dscore',
  Dout: 'Dout',
  Dlazy: 'Dlazy',
  HistoryLength: 'mcacheLength',
  HistoryGossip: 'mcacheGossip',
  GossipFactor: 'gossipFactor',
  GossipRetransmission: 'gossipRetransmission',
  PrunePeers: 'prunePeers',
  DirectConnectTicks: 'directConnectTicks',
  OpportunisticGraftTicks: 'opportunisticGraftTicks',
  OpportunisticGraftPeers: 'opportunisticGraftPeers',
  MaxIHaveLength: 'maxIHaveLength',
  MaxIHaveMessages: 'maxIHaveMessages',
  IDontWantMessageThreshold: 'idontwantMinDataSize',
  IDontWantMessageTTL: 'idontwantTTL'
}

const NANOSECONDS: Readonly<Record<string, keyof GossipParams>> = {
  HeartbeatInitialDelay: 'heartbeatInitialDelay',
  HeartbeatInterval: 'heartbeatInterval',
  FanoutTTL: 'fanoutTTL',
  PruneBackoff: 'pruneBackoff',
  UnsubscribeBackoff: 'unsubscribeBackoff',
  GraftFloodThreshold: 'graftFloodThreshold',
  IWantFollowupTime: 'gossipsubIWantFollowupMs'
}

/** Go's parameters by our names, durations in milliseconds. */
export function gossipParams(go: GoParams): Partial<GossipParams> {
  const params: Partial<Record<keyof GossipParams, number>> = {}
  for (const [name, value] of Object.entries(go)) {
    const [count, duration] = [COUNTS[name], NANOSECONDS[name]]
    if (value === null) continue
    if (count !== undefined) params[count] = value
    if (duration !== undefined) params[duration] = value / 1e6
  }
  return params
}
