import { AbortError, type Undo } from '@ts-libp2p/interface'

/** An operation under way. */
export interface Scope {
  /** Aborts with the caller's signal, or when the service stops. */
  readonly signal: AbortSignal
  /** Lets go of the caller's signal. */
  readonly end: Undo
}

/** The operations of a service, all of which end with it. */
export class Scopes {
  private readonly running = new Set<AbortController>()

  begin(parent?: AbortSignal): Scope {
    parent?.throwIfAborted()
    const controller = new AbortController()
    const follow = (): void => controller.abort(parent?.reason)
    parent?.addEventListener('abort', follow, { once: true })
    this.running.add(controller)
    const end = (): void => {
      parent?.removeEventListener('abort', follow)
      this.running.delete(controller)
    }
    return { signal: controller.signal, end }
  }

  stop(): void {
    const reason = new AbortError('the DHT was stopped')
    for (const controller of this.running) controller.abort(reason)
    this.running.clear()
  }
}
