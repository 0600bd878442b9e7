/** Started and stopped with the node, in this order: every `before…`, then every `start`, then every `after…`. */
export interface Startable {
  beforeStart?(): void | Promise<void>
  start(): void | Promise<void>
  afterStart?(): void | Promise<void>
  beforeStop?(): void | Promise<void>
  stop(): void | Promise<void>
  afterStop?(): void | Promise<void>
}

export function isStartable(obj: unknown): obj is Startable {
  const o = obj as Partial<Startable> | null | undefined
  return typeof o?.start === 'function' && typeof o?.stop === 'function'
}

/** What a service offers to and needs from others, by name; read by the ecosystem's composition. */
export const serviceCapabilities: unique symbol = Symbol.for('@libp2p/service-capabilities') as never
export const serviceDependencies: unique symbol = Symbol.for('@libp2p/service-dependencies') as never
