import type { Acceptance, Control, Counters, Effect, Input, PeerKey, Router } from '@ts-libp2p/pubsub'
import { onExtensions } from './extensions.ts'
import { onIDontWant, onIHave, onIWant } from './gossip.ts'
import { onGraft, onPrune } from './grafting.ts'
import { heartbeat } from './heartbeat.ts'
import { join, leave } from './joining.ts'
import { onCopy, onInvalidMessage, onMessage, onPublish, onValidated, onVerified } from './messages.ts'
import type { Decide, PartialTopic } from './partial-messages.ts'
import { onInboundClosed, onPeerDown, onPeerUp, onSubscriptions } from './peers.ts'
import { isDirect, newState, type State, type StateInit, scoreOf } from './state.ts'

const NOTHING: readonly Effect[] = []

/** What is never an accident, an RPC that is none for instance: as much as go-libp2p-pubsub takes for repeated extensions. */
const MISBEHAVIOUR_PENALTY = 10

/** The gossipsub router: `handle` takes what happens and the time, and returns what is to be done. */
export class GossipRouter implements Router {
  readonly protocols: readonly string[]
  readonly heartbeatMs: number
  readonly heartbeatDelayMs: number
  /** For inspection: what the router knows. */
  readonly state: State

  constructor(init: StateInit) {
    this.state = newState(init)
    this.protocols = init.params.protocols
    this.heartbeatMs = init.params.heartbeatInterval
    this.heartbeatDelayMs = init.params.heartbeatInitialDelay
  }

  get counters(): Counters {
    return this.state.counters
  }

  accepts(peer: PeerKey, now: number): Acceptance {
    const { state } = this
    if (isDirect(state, peer)) return 'all'
    if (scoreOf(state, peer) < state.params.scoreThresholds.graylistThreshold) return 'none'
    return state.gater?.accepts(peer, now) === false ? 'control' : 'all'
  }

  handle(input: Input, now: number): readonly Effect[] {
    return this.run(now, s => this.dispatch(s, input))
  }

  publishPartial(group: { topic: string; groupId: Uint8Array }, decide: Decide, now: number): readonly Effect[] {
    return this.run(now, s => s.partials?.publish(s, group, decide))
  }

  /** Before the topic is joined. Who wants parts can send them too: rust-libp2p has to be told. */
  setPartial(topic: string, { requestsPartial, supportsSendingPartial }: PartialTopic): void {
    const flags = { requestsPartial, supportsSendingPartial: supportsSendingPartial || requestsPartial }
    this.state.partials?.setTopic(topic, flags)
  }

  hasSeen(id: string): boolean {
    return this.state.seen.has(id)
  }

  recognises(id: string, bytes: Uint8Array): boolean {
    return this.state.seen.has(id) && this.state.scores.isSettled(id, bytes)
  }

  topics(): string[] {
    return this.state.mesh.topics()
  }

  peers(): PeerKey[] {
    return [...this.state.peers.keys()]
  }

  subscribers(topic: string): PeerKey[] {
    return [...this.state.subscriptions.of(topic).keys()]
  }

  private run(now: number, work: (s: State) => void): readonly Effect[] {
    const { state } = this
    const outer = state.effects
    state.now = now
    state.effects = []
    work(state)
    const { effects } = state
    state.effects = outer
    return effects.length === 0 ? NOTHING : effects
  }

  private dispatch(s: State, input: Input): void {
    switch (input.type) {
      case 'message':
        onMessage(s, input.peer, input.message)
        break
      case 'copy':
        onCopy(s, input)
        break
      case 'verified':
        onVerified(s, input)
        break
      case 'validated':
        onValidated(s, input)
        break
      case 'control':
        onControl(s, input)
        break
      case 'subscriptions':
        onSubscriptions(s, input.peer, input.subscriptions)
        break
      case 'publish':
        onPublish(s, input)
        break
      case 'heartbeat':
        heartbeat(s)
        break
      case 'subscribe':
        join(s, input.topic)
        break
      case 'unsubscribe':
        leave(s, input.topic)
        break
      case 'peerUp':
        onPeerUp(s, input)
        break
      case 'peerDown':
        onPeerDown(s, input.peer)
        break
      case 'inboundOpened':
        // What it does before our own stream to it is open counts too.
        s.scores.addPeer(input.peer)
        break
      case 'inboundClosed':
        onInboundClosed(s, input.peer)
        break
      case 'peerRecord':
        if (s.peers.has(input.peer)) s.records.set(input.peer, input.record)
        return
      case 'invalidMessage':
        onInvalidMessage(s, input)
        break
      case 'gated':
        s.promises.release(input.peer)
        break
      case 'misbehaved':
        s.scores.addPenalty(input.peer, MISBEHAVIOUR_PENALTY)
        break
    }
  }
}

const NO_CONTROL: Control = { ihave: [], iwant: [], graft: [], prune: [], idontwant: [] }

/** The end of an RPC, in the order in which go-libp2p-pubsub goes through it. */
function onControl(s: State, { peer, control, partial, isFirst }: Input & { type: 'control' }): void {
  onExtensions(s, peer, control, isFirst)
  if (partial !== undefined) s.partials?.receive(s, peer, partial)
  const { ihave, iwant, graft, prune, idontwant } = control ?? NO_CONTROL
  onIHave(s, peer, ihave)
  onIWant(s, peer, iwant)
  if (graft.length > 0) onGraft(s, peer, graft)
  if (prune.length > 0) onPrune(s, peer, prune)
  onIDontWant(s, peer, idontwant)
}
