import type { Logger, NodeEvents, Undo } from '@ts-libp2p/interface'

type Listener<K extends keyof NodeEvents> = (value: NodeEvents[K]) => void

/** The node's events: plain values, direct calls, a subscription returns its own undo. */
export class Emitter {
  private readonly listeners = new Map<keyof NodeEvents, Set<Listener<never>>>()
  private readonly log: Logger

  constructor(log: Logger) {
    this.log = log
  }

  on<K extends keyof NodeEvents>(event: K, listener: Listener<K>): Undo {
    const set = this.listeners.get(event) ?? new Set()
    this.listeners.set(event, set)
    set.add(listener as Listener<never>)
    return () => set.delete(listener as Listener<never>)
  }

  emit<K extends keyof NodeEvents>(event: K, value: NodeEvents[K]): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) {
      try {
        ;(listener as Listener<K>)(value)
      } catch (err) {
        this.log.error("a listener of '%s' threw - %e", event, err)
      }
    }
  }
}
