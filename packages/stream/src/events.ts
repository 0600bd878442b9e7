import type { EventHandler, TypedEventTarget, Undo } from '@ts-libp2p/interface'

interface Entry {
  readonly type: string
  readonly listener: EventHandler<Event>
  readonly once: boolean
  readonly undo: Undo | undefined
  /** A dispatch under way does not call it any more. */
  isRemoved: boolean
}

const NONE: readonly Entry[] = []

/**
 * A small `EventTarget`: nothing is allocated until somebody listens, and a listener that throws is reported to
 * `onListenerError` instead of becoming an uncaught exception, as it would with the platform's own.
 */
// biome-ignore lint/suspicious/noExplicitAny: the ecosystem's contract constrains the map this way
export class TypedEvents<M extends Record<string, any>> implements TypedEventTarget<M> {
  // One list, not one per type in a map: there are few listeners, and hundreds of bytes in a map.
  private entries: readonly Entry[] = NONE

  addEventListener<K extends keyof M>(
    type: K,
    listener: EventHandler<M[K]> | null,
    options?: boolean | AddEventListenerOptions
  ): void
  addEventListener(
    type: string,
    listener: EventHandler<Event> | null,
    options: boolean | AddEventListenerOptions = {}
  ): void {
    const { once = false, signal } = typeof options === 'boolean' ? {} : options
    if (listener === null || signal?.aborted === true) return
    if (this.entries.some(entry => entry.type === type && entry.listener === listener)) return
    const undo = signal === undefined ? undefined : onAbort(signal, () => this.removeEventListener(type, listener))
    // A new array, so that a dispatch under way does not call listeners that came after it began.
    this.entries = this.entries.concat({ type, listener, once, undo, isRemoved: false })
    this.onListenerAdded(type)
  }

  removeEventListener<K extends keyof M>(type: K, listener?: EventHandler<M[K]> | null): void
  removeEventListener(type: string, listener?: EventHandler<Event> | null): void {
    const entry = this.entries.find(e => e.type === type && e.listener === listener)
    if (entry === undefined) return
    entry.isRemoved = true
    entry.undo?.()
    // What `filter` returns has room for 16 more.
    this.entries = this.entries.filter(e => e !== entry).slice()
  }

  listenerCount(type: string): number {
    let count = 0
    for (const entry of this.entries) if (entry.type === type) count++
    return count
  }

  dispatchEvent(event: Event): boolean {
    if (this.listenerCount(event.type) === 0) return true
    const target = { value: this, configurable: true }
    Object.defineProperties(event, { target, currentTarget: target })
    for (const { type, listener, once, isRemoved } of this.entries) {
      if (isRemoved || type !== event.type) continue
      if (once) this.removeEventListener(event.type, listener)
      try {
        if (typeof listener === 'function') listener.call(this, event)
        else listener.handleEvent(event)
      } catch (err) {
        this.onListenerError(event.type, err)
      }
    }
    return !event.defaultPrevented
  }

  safeDispatchEvent<Detail>(type: keyof M, detail: CustomEventInit<Detail> = {}): boolean {
    if (this.listenerCount(type as string) === 0) return true
    return this.dispatchEvent(new CustomEvent(type as string, detail))
  }

  /** For subclasses that must know that somebody listens now. */
  protected onListenerAdded(_type: string): void {}

  /** A listener threw. It is the application's mistake: tell it, disturb nobody else. */
  protected onListenerError(type: string, err: unknown): void {
    console.error(`a listener of '${type}' threw`, err)
  }
}

/**
 * Calls `fn` when the signal aborts, unless undone. The signal holds `fn`, and what lies behind it, weakly: a signal for
 * the life of a node would otherwise keep every stream that was ever listened to with it. The undo keeps `fn` alive.
 */
function onAbort(signal: AbortSignal, fn: () => void): Undo {
  const listener = callWeakly(new WeakRef(fn))
  signal.addEventListener('abort', listener, { once: true })
  return Object.assign(() => signal.removeEventListener('abort', listener), { fn })
}

// A function of its own: closures of one scope keep alive what any of them uses.
function callWeakly(ref: WeakRef<() => void>): () => void {
  return () => ref.deref()?.()
}
