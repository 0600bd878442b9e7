import type { AbortOptions, Clock, Undo } from '@ts-libp2p/interface'
import { abortable, type Waiter } from '@ts-libp2p/stream'
import { MdnsError } from './errors.ts'
import { MAX_LOOKUPS, MAX_QUEUED_RECORDS } from './limits.ts'
import { isBelow, isName } from './names.ts'

/** Somebody who asked: the answers that it has not taken. */
interface Asking {
  readonly name: string
  readonly queue: Uint8Array[]
  readonly waiting: Waiter<void>[]
}

/** Questions for records that are open, and what comes back. */
export class RecordQuestions {
  private readonly clock: Clock
  private readonly waitMs: number
  private readonly send: (name: string) => void
  private readonly open = new Set<Asking>()
  private readonly listeners = new Set<{ call(bytes: Uint8Array): void }>()

  constructor(clock: Clock, waitMs: number, send: (name: string) => void) {
    this.clock = clock
    this.waitMs = waitMs
    this.send = send
  }

  /** The answers to a question for a name, or for all below it, until the wait is over. */
  async *ask(name: string, { signal }: AbortOptions): AsyncGenerator<Uint8Array> {
    signal?.throwIfAborted()
    if (this.open.size >= MAX_LOOKUPS) throw new MdnsError('full', `${this.open.size} questions for records are open`)
    const asking: Asking = { name, queue: [], waiting: [] }
    let isOver = false
    const stopTimer = this.clock.after(this.waitMs, () => {
      isOver = true
      wake(asking)
    })
    this.open.add(asking)
    try {
      this.send(name)
      for (;;) {
        const bytes = asking.queue.shift()
        if (bytes !== undefined) yield bytes
        else if (isOver) return
        else await abortable(asking.waiting, signal)
      }
    } finally {
      stopTimer()
      this.open.delete(asking)
    }
  }

  answered(name: string, bytes: Uint8Array): void {
    for (const asking of this.open) {
      if (!isName(name, asking.name) && !isBelow(name, asking.name)) continue
      if (asking.queue.length < MAX_QUEUED_RECORDS) asking.queue.push(bytes)
      wake(asking)
    }
    for (const listener of [...this.listeners]) listener.call(bytes)
  }

  listen(listener: (bytes: Uint8Array) => void): Undo {
    const entry = { call: listener }
    this.listeners.add(entry)
    return () => void this.listeners.delete(entry)
  }

  stop(reason: Error): void {
    for (const { waiting } of this.open) for (const waiter of waiting.splice(0)) waiter.reject(reason)
  }
}

function wake({ waiting }: Asking): void {
  for (const waiter of waiting.splice(0)) waiter.resolve()
}
