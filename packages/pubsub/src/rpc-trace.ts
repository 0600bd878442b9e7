import { LengthPrefixDecoder } from '@ts-libp2p/bytes'
import type { Clock } from '@ts-libp2p/interface'
import type { DecodeRpcLimits } from './limits.ts'
import type { PubsubMessage } from './message.ts'
import type { PeerKey } from './router.ts'
import { decodeRpc, type Rpc } from './rpc.ts'
import type { RpcSummary, Tracer } from './tracer.ts'

/** Tells a tracer of the RPCs that come and go. */
export class RpcTrace {
  private readonly tracer: Tracer
  private readonly clock: Clock
  private readonly limits: DecodeRpcLimits

  constructor(tracer: Tracer, clock: Clock, limits: DecodeRpcLimits) {
    this.tracer = tracer
    this.clock = clock
    this.limits = limits
  }

  /** `messages`: those that could be named. */
  received(peer: PeerKey, { subscriptions, control }: Rpc, messages: RpcSummary['messages']): void {
    this.tracer.trace({ type: 'recvRpc', peer, rpc: { messages, subscriptions, control } }, this.clock.now())
  }

  sent(peer: PeerKey, frame: Uint8Array, message: PubsubMessage | undefined): void {
    const rpc = message === undefined ? this.summaryOf(frame) : summaryOfMessage(message)
    this.tracer.trace({ type: 'sendRpc', peer, rpc }, this.clock.now())
  }

  dropped(peer: PeerKey, message: PubsubMessage): void {
    this.tracer.trace({ type: 'dropRpc', peer, rpc: summaryOfMessage(message) }, this.clock.now())
  }

  private summaryOf(frame: Uint8Array): RpcSummary {
    const [bytes] = new LengthPrefixDecoder({ limitBytes: frame.byteLength }).push(frame)
    const { subscriptions, control } = decodeRpc(bytes as Uint8Array, this.limits)
    return { messages: [], subscriptions, control }
  }
}

function summaryOfMessage({ id, topic }: PubsubMessage): RpcSummary {
  return { messages: [{ id, topic }], subscriptions: [] }
}
