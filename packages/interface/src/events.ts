/** Takes back what a subscription, registration or timer did. Calling it twice is harmless. */
export type Undo = () => void

export type EventCallback<E> = (event: E) => void

export interface EventObject<E> {
  handleEvent: EventCallback<E>
}

export type EventHandler<E> = EventCallback<E> | EventObject<E>

/** An `EventTarget` whose event names and event types are known. `M` maps each name to its event type. */
// biome-ignore lint/suspicious/noExplicitAny: the ecosystem's contract constrains the map this way
export interface TypedEventTarget<M extends Record<string, any>> extends EventTarget {
  addEventListener<K extends keyof M>(
    type: K,
    listener: EventHandler<M[K]> | null,
    options?: boolean | AddEventListenerOptions
  ): void
  removeEventListener<K extends keyof M>(
    type: K,
    listener?: EventHandler<M[K]> | null,
    options?: boolean | EventListenerOptions
  ): void
  removeEventListener(type: string, listener?: EventHandler<Event>, options?: boolean | EventListenerOptions): void
  /** How many listeners the event has. */
  listenerCount(type: string): number
  /** Dispatches a `CustomEvent` of this name. */
  safeDispatchEvent<Detail>(type: keyof M, detail?: CustomEventInit<Detail>): boolean
}

export interface AbortOptions {
  /** Cancels the operation, which then rejects with `signal.reason`. */
  signal?: AbortSignal
}

/** A progress report: what happened, and the value that goes with it. */
// biome-ignore lint/suspicious/noExplicitAny: the ecosystem's contract has it so
export interface ProgressEvent<T extends string = any, D = any> {
  type: T
  detail: D
}

// biome-ignore lint/suspicious/noExplicitAny: the ecosystem's contract has it so
export interface ProgressOptions<E extends ProgressEvent = any> {
  onProgress?: (event: E) => void
}
