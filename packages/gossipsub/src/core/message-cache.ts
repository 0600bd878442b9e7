import type { MessageId, PeerKey, PubsubMessage } from '@ts-libp2p/pubsub'

interface Cached {
  readonly message: PubsubMessage
  /** How often each peer asked for it. Nobody asks for most messages. */
  asked: Map<PeerKey, number> | undefined
}

/** The ids of the messages of one heartbeat, by topic. */
type Window = Map<string, MessageId[]>

/** Recent messages, so that peers can be told of them and can ask for them: one window per heartbeat. */
export class MessageCache {
  private readonly messages = new Map<MessageId, Cached>()
  /** The youngest is first. */
  private readonly windows: Window[]
  private readonly gossipWindows: number
  private readonly limitBytes: number
  private bytes = 0

  /** `limitBytes`: of all messages; when there are more, the oldest windows are forgotten early. */
  constructor(windows: number, gossipWindows: number, limitBytes: number) {
    this.windows = Array.from({ length: windows }, () => new Map())
    this.gossipWindows = gossipWindows
    this.limitBytes = limitBytes
  }

  get size(): number {
    return this.messages.size
  }

  get byteLength(): number {
    return this.bytes
  }

  /** Returns how many other messages had to go. */
  put(message: PubsubMessage): number {
    if (this.messages.has(message.id)) return 0
    this.messages.set(message.id, { message, asked: undefined })
    this.bytes += message.frame.byteLength
    const window = this.windows[0] as Window
    const ids = window.get(message.topic)
    if (ids === undefined) window.set(message.topic, [message.id])
    else ids.push(message.id)
    return this.bytes > this.limitBytes ? this.makeRoom() : 0
  }

  get(id: MessageId): PubsubMessage | undefined {
    return this.messages.get(id)?.message
  }

  /** The message, and how often this peer has asked for it, this time included. */
  ask(id: MessageId, peer: PeerKey): { message: PubsubMessage; times: number } | undefined {
    const cached = this.messages.get(id)
    if (cached === undefined) return undefined
    cached.asked ??= new Map()
    const times = (cached.asked.get(peer) ?? 0) + 1
    cached.asked.set(peer, times)
    return { message: cached.message, times }
  }

  /** What to tell others of. */
  gossipIds(topic: string): MessageId[] {
    return this.windows.slice(0, this.gossipWindows).flatMap(window => window.get(topic) ?? [])
  }

  /** A heartbeat has passed. */
  shift(): void {
    this.forget(this.windows.pop() as Window)
    this.windows.unshift(new Map())
  }

  private makeRoom(): number {
    let forgotten = 0
    for (let i = this.windows.length - 1; i > 0 && this.bytes > this.limitBytes; i--) {
      forgotten += this.forget(this.windows[i] as Window)
    }
    // Even the youngest alone is too much: of its messages only the latest topics' stay.
    const youngest = this.windows[0] as Window
    for (const [topic, ids] of youngest) {
      if (this.bytes <= this.limitBytes) break
      youngest.delete(topic)
      forgotten += this.forget(new Map([[topic, ids]]))
    }
    return forgotten
  }

  private forget(window: Window): number {
    let forgotten = 0
    for (const id of [...window.values()].flat()) {
      const cached = this.messages.get(id)
      if (cached === undefined) continue
      this.bytes -= cached.message.frame.byteLength
      this.messages.delete(id)
      forgotten++
    }
    window.clear()
    return forgotten
  }
}
