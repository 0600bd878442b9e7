import { InvalidParametersError, isPeerId, type Logger, type Multiaddr, type PeerId } from '@ts-libp2p/interface'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import {
  type CheckedPubsubOptions,
  checkPubsubOptions,
  guarded,
  guardOptions,
  type PeerKey,
  type PubsubOptions
} from '@ts-libp2p/pubsub'
import type { CoreParams, GossipParams } from './core/params.ts'
import type { NewPeerGater } from './core/peer-gater.ts'
import { FLOODSUB, GOSSIPSUB_PROTOCOLS } from './core/protocols.ts'
import type { PartialExchange } from './partial-messages.ts'
import { defaultParams } from './presets.ts'
import {
  checkScoreParams,
  checkScoreThresholds,
  defaultPeerScoreParams,
  defaultPeerScoreThresholds,
  defaultTopicScoreParams,
  type PeerScoreParams,
  type PeerScoreThresholds,
  type TopicScoreParams
} from './score/params.ts'

/** A peer and where it is. */
export interface AddrInfo {
  readonly id: PeerId
  readonly addrs: readonly Multiaddr[]
}

/** Options, by js-libp2p's names where it has them. Each parameter of `GossipParams` can be given, too. */
export interface GossipsubOptions extends PubsubOptions, Partial<GossipParams> {
  /** js-libp2p's spelling of `unsubscribeBackoff`. */
  readonly unsubcribeBackoff?: number
  /** What we speak, best first. Default: 1.3, 1.2, 1.1 and 1.0, and floodsub with `fallbackToFloodsub`. */
  readonly protocols?: readonly string[]
  /** Whether peers that only know floodsub are served: they get every message. Default true. */
  readonly fallbackToFloodsub?: boolean
  /** Whether our own messages go to everybody in the topic, not to the mesh alone. Faster, safer, more traffic. Default true. */
  readonly floodPublish?: boolean
  /** Whether peers that we prune are offered others. For bootstrappers and well connected nodes. Default false. */
  readonly doPX?: boolean
  /** Peers to be connected to always, outside the mesh. They should have us in theirs. Default none. */
  readonly directPeers?: readonly AddrInfo[]
  /** Default `defaultPeerScoreParams`. What is left out of a topic is from `defaultTopicScoreParams`. */
  readonly scoreParams?: Partial<Omit<PeerScoreParams, 'topics'>> & {
    readonly topics?: Readonly<Record<string, Partial<TopicScoreParams>>>
  }
  /** Default `defaultPeerScoreThresholds`. */
  readonly scoreThresholds?: Partial<PeerScoreThresholds>
  /** Sheds load when validators cannot keep up: `peerGater()`. Default none. */
  readonly peerGater?: NewPeerGater
  /** Whether connections to mesh peers are marked as worth keeping. Default true. */
  readonly tagMeshPeers?: boolean
  /**
   * Hold every message back until `reportMessageValidationResult` says what it is worth: it comes as `gossipsub:message`
   * before that. What is not reported while it is in the cache is ignored. Default false.
   */
  readonly asyncValidation?: boolean
  /** Messages in parts, an extension of 1.3: `partialMessages({ onPartial })`. Default none. */
  readonly partialMessages?: PartialExchange
}

export interface CheckedOptions {
  readonly shell: CheckedPubsubOptions
  readonly core: CoreParams
  readonly directPeers: readonly AddrInfo[]
  readonly tagMeshPeers: boolean
  readonly asyncValidation: boolean
  readonly partialMessages: PartialExchange | undefined
}

/** Throws an `InvalidParametersError` that says what to change. */
export function checkOptions(options: GossipsubOptions): CheckedOptions {
  const shell = checkPubsubOptions(options)
  const { partialMessages, directPeers = [] } = options
  const core: CoreParams = {
    ...paramsOf(options),
    protocols: protocolsOf(options),
    isAllowed: shell.isAllowed,
    floodPublish: options.floodPublish ?? true,
    doPX: options.doPX ?? false,
    directPeers: new Map(directPeers.map(directPeer)),
    scoreParams: scoreParamsOf(options),
    scoreThresholds: { ...defaultPeerScoreThresholds, ...options.scoreThresholds },
    peerGater: options.peerGater,
    partials: partialMessages?.create
  }
  if (core.peerGater !== undefined) checkMade('peerGater', core.peerGater)
  if (partialMessages !== undefined) checkMade('partialMessages', partialMessages.create)
  checkParams(core)
  checkScoreParams(core.scoreParams)
  checkScoreThresholds(core.scoreThresholds)
  const { tagMeshPeers = true, asyncValidation = false } = options
  return { shell, core, directPeers, tagMeshPeers, asyncValidation, partialMessages }
}

/** The options with what is the application's guarded. */
export function guardAll(options: CheckedOptions, log: Logger): CheckedOptions {
  const shell = guardOptions(options.shell, log)
  const { scoreParams } = options.core
  const score = guarded(scoreParams.appSpecificScore, { name: 'appSpecificScore', otherwise: 0, log })
  // One NaN would make every comparison with it false.
  const appSpecificScore = (peer: PeerKey): number => score(peer) || 0
  return {
    ...options,
    shell,
    core: { ...options.core, isAllowed: shell.isAllowed, scoreParams: { ...scoreParams, appSpecificScore } }
  }
}

function paramsOf(options: GossipsubOptions): GossipParams {
  const names = Object.keys(defaultParams) as (keyof GossipParams)[]
  const given = names.flatMap(name => (options[name] === undefined ? [] : [[name, options[name]] as const]))
  const { unsubcribeBackoff: unsubscribeBackoff = options.unsubscribeBackoff ?? defaultParams.unsubscribeBackoff } =
    options
  return { ...defaultParams, ...Object.fromEntries(given), unsubscribeBackoff }
}

function protocolsOf({ protocols = GOSSIPSUB_PROTOCOLS, fallbackToFloodsub = true }: GossipsubOptions): string[] {
  if (protocols.length === 0) throw new InvalidParametersError('`protocols` must not be empty')
  return fallbackToFloodsub ? [...new Set([...protocols, FLOODSUB])] : [...protocols]
}

function directPeer({ id }: AddrInfo): [PeerKey, Uint8Array] {
  if (!isPeerId(id)) throw new InvalidParametersError('`directPeers` are `{ id, addrs }` with a peer id')
  return [id.toString(), peerIdToBytes(id)]
}

function scoreParamsOf({ scoreParams = {} }: GossipsubOptions): PeerScoreParams {
  const topics = Object.entries(scoreParams.topics ?? {}).map(([topic, params]) => {
    return [topic, { ...defaultTopicScoreParams, ...params }] as const
  })
  return { ...defaultPeerScoreParams, ...scoreParams, topics: Object.fromEntries(topics) }
}

/** What is brought by a function of its own, so that only those load it who use it. */
function checkMade(name: string, made: unknown): void {
  if (typeof made === 'function') return
  throw new InvalidParametersError(`\`${name}\` must be what the function of that name returns`)
}

const MAY_BE_ZERO: readonly string[] = [
  ...['D', 'Dlo', 'Dhi', 'Dout', 'Dscore', 'Dlazy', 'gossipFactor', 'heartbeatInitialDelay', 'prunePeers'],
  ...['gossipRetransmission', 'idontwantMinDataSize', 'unsubscribeBackoff', 'pruneBackoff', 'graftFloodThreshold'],
  ...['opportunisticGraftPeers', 'mcacheGossip', 'maxIHaveLength', 'maxIHaveMessages', 'idontwantMaxMessages']
]

function checkParams(params: GossipParams): void {
  for (const name of Object.keys(defaultParams) as (keyof GossipParams)[]) {
    const isFine =
      Number.isFinite(params[name]) && (params[name] > 0 || (params[name] === 0 && MAY_BE_ZERO.includes(name)))
    if (!isFine) throw new InvalidParametersError(`\`${name}\` must not be ${params[name]}`)
  }
  const { D, Dlo, Dhi, Dscore, Dout, mcacheGossip, mcacheLength, gossipFactor } = params
  const check = (isFine: boolean, should: string): void => {
    if (!isFine) throw new InvalidParametersError(should)
  }
  check(mcacheGossip <= mcacheLength, '`mcacheGossip` must be at most `mcacheLength`')
  check(gossipFactor <= 1, '`gossipFactor` must be at most 1')
  // Bootstrappers have no mesh at all.
  if (D === 0 && Dlo === 0 && Dhi === 0 && Dout === 0) return
  check(Dlo <= D && D <= Dhi, `\`D\` (${D}) must be between \`Dlo\` (${Dlo}) and \`Dhi\` (${Dhi})`)
  check(Dscore <= D, `\`Dscore\` (${Dscore}) must be at most \`D\` (${D})`)
  check(
    Dout < Dlo && Dout <= D / 2,
    `\`Dout\` (${Dout}) must be below \`Dlo\` (${Dlo}) and at most half of \`D\` (${D})`
  )
}
