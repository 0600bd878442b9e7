import type { VerifierThread } from '@ts-libp2p/crypto'
import type { Clock } from '@ts-libp2p/interface'
import { isPromise, toError } from '@ts-libp2p/stream'
import { countDrop } from './counters.ts'
import type { PeerLink } from './link.ts'
import type { MessageReader, Read, Refused } from './message-reader.ts'
import type { CheckedPubsubOptions } from './options.ts'
import type { RoutedMessage } from './routed-message.ts'
import type { Input, Router, Verdict } from './router.ts'
import { decodeRpc, type Rpc } from './rpc.ts'
import type { RpcTrace } from './rpc-trace.ts'
import type { RpcSummary } from './tracer.ts'
import type { Validation } from './validation.ts'

export interface ReceiverInit {
  readonly router: Router
  readonly reader: MessageReader
  readonly validation: Validation
  readonly options: CheckedPubsubOptions
  readonly trace: RpcTrace | undefined
  readonly clock: Clock
  /** Begins to use the thread that checks signatures, where it is wanted and there is one. */
  readonly verifierThread: (() => VerifierThread | undefined) | undefined
  /** Tells the router, and does what it wants done. */
  readonly tell: (input: Input) => void
}

const UNREADABLE: Refused = { topic: '', reason: 'validation failed' }

/** Takes what peers send apart, and tells the router piece by piece. */
export class Receiver {
  private readonly init: ReceiverInit
  private thread: VerifierThread | undefined

  constructor(init: ReceiverInit) {
    this.init = init
  }

  start(): void {
    this.thread = this.init.verifierThread?.()
  }

  async stop(): Promise<void> {
    const { thread } = this
    this.thread = undefined
    await thread?.close()
  }

  receive(link: PeerLink, bytes: Uint8Array, isFirst: boolean): void {
    const { router, clock, tell } = this.init
    const peer = link.key
    router.counters.receivedBytes += bytes.byteLength
    const acceptance = router.accepts(peer, clock.now())
    const rpc = this.decode(link, bytes, acceptance !== 'none')
    if (rpc === undefined) return
    if (rpc.subscriptions.length > 0) tell({ type: 'subscriptions', peer, subscriptions: rpc.subscriptions })
    if (acceptance === 'none') {
      countDrop(router.counters, 'graylisted')
      return
    }
    if (acceptance === 'all') this.onMessages(link, rpc)
    else if (rpc.messages.length > 0) this.onGated(link, rpc.messages.length)
    const { control, partial } = rpc
    if (isFirst || control !== undefined || partial !== undefined) {
      tell({ type: 'control', peer, control, partial, isFirst })
    }
  }

  /** Whether the author signed the message: told when it is known, in the order in which this peer's messages came. */
  verify(link: PeerLink, message: RoutedMessage): void {
    const then = (isValid: boolean): void => this.init.tell({ type: 'verified', peer: link.key, message, isValid })
    const { thread } = this
    if (thread !== undefined && link.askInOrder(answer => message.verifyOn(thread, answer), then)) return
    link.inOrder(message.verify(), false, then)
  }

  /** What the validators say of it. */
  validate(link: PeerLink, message: RoutedMessage): void {
    const answer = (verdict: Verdict): void => this.init.tell({ type: 'validated', peer: link.key, message, verdict })
    const verdict = this.init.validation.judge(link.peerId, message)
    if (!isPromise(verdict)) {
      answer(verdict)
      return
    }
    const release = link.hold()
    void verdict.then(said => {
      release()
      answer(said)
    })
  }

  private decode(link: PeerLink, bytes: Uint8Array, isTrusted: boolean): Rpc | undefined {
    try {
      return decodeRpc(bytes, this.init.options.decodeRpcLimits, isTrusted)
    } catch (err) {
      const isOver = (err as { code?: unknown }).code === 'too-many'
      this.misbehaved(link, isOver ? 'too many entries' : 'malformed')
      // What cannot be read may be anything. What is too much is only dropped.
      if (!isOver) link.reject(toError(err))
      return undefined
    }
  }

  private onMessages(link: PeerLink, rpc: Rpc): void {
    const reads = rpc.messages.map(bytes => this.onMessage(link, bytes))
    this.init.trace?.received(link.key, rpc, reads.flatMap(namedOf))
  }

  private onMessage(link: PeerLink, bytes: Uint8Array): Read | undefined {
    this.init.router.counters.received++
    try {
      const read = this.init.reader.read(bytes)
      if (!isPromise(read)) {
        this.onRead(link, read)
        return read
      }
      link.inOrder(read, UNREADABLE, result => this.onRead(link, result))
    } catch {
      this.misbehaved(link, 'malformed')
    }
    return undefined
  }

  private onRead(link: PeerLink, read: Read): void {
    const { router, tell } = this.init
    const peer = link.key
    if ('copyOf' in read) tell({ type: 'copy', peer, id: read.copyOf, topic: read.topic })
    else if ('reason' in read) {
      countDrop(router.counters, read.reason)
      tell({ type: 'invalidMessage', peer, topic: read.topic, reason: read.reason })
    } else tell({ type: 'message', peer, message: read })
  }

  private onGated(link: PeerLink, count: number): void {
    countDrop(this.init.router.counters, 'gated', count)
    this.init.tell({ type: 'gated', peer: link.key, count })
  }

  private misbehaved(link: PeerLink, reason: 'malformed' | 'too many entries'): void {
    countDrop(this.init.router.counters, reason)
    this.init.tell({ type: 'misbehaved', peer: link.key })
  }
}

function namedOf(read: Read | undefined): RpcSummary['messages'] {
  if (read === undefined || 'reason' in read) return []
  return [{ id: 'copyOf' in read ? read.copyOf : read.id, topic: read.topic }]
}
