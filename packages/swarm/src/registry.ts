import type { StreamHandler, StreamHandlerOptions, StreamMiddleware, Undo } from '@ts-libp2p/interface'
import { SwarmError } from './errors.ts'
import type { SwarmLimits } from './limits.ts'

/** How a protocol is answered. */
export interface HandlerRecord {
  readonly protocol: string
  readonly handler: StreamHandler
  readonly options: StreamHandlerOptions
}

type StreamLimits = Pick<SwarmLimits, 'maxInboundStreamsPerProtocol' | 'maxOutboundStreamsPerProtocol'>

/** Which protocols we answer, how, within which limits and through which middleware. */
export class ProtocolRegistry {
  private readonly limits: StreamLimits
  private readonly onChange: () => void
  private readonly handlers = new Map<string, HandlerRecord>()
  private readonly middlewares = new Map<string, StreamMiddleware[]>()

  constructor(limits: StreamLimits, onChange: () => void) {
    this.limits = limits
    this.onChange = onChange
  }

  handle(protocols: string | string[], handler: StreamHandler, options: StreamHandlerOptions = {}): Undo {
    const list = [protocols].flat()
    const taken = list.find(protocol => this.handlers.has(protocol))
    if (taken !== undefined && options.force !== true) {
      throw new SwarmError('handler-exists', `${taken} has a handler already; pass { force: true } to replace it`)
    }
    const records = list.map(protocol => ({ protocol, handler, options }))
    for (const record of records) this.handlers.set(record.protocol, record)
    this.onChange()
    return () => {
      // Only what is still ours: somebody may have replaced it.
      const ours = records.filter(record => this.handlers.get(record.protocol) === record)
      for (const { protocol } of ours) this.handlers.delete(protocol)
      if (ours.length > 0) this.onChange()
    }
  }

  unhandle(protocols: string | string[]): void {
    for (const protocol of [protocols].flat()) this.handlers.delete(protocol)
    this.onChange()
  }

  /** The handlers by protocol, as they are now and will be. */
  get records(): ReadonlyMap<string, HandlerRecord> {
    return this.handlers
  }

  get(protocol: string): HandlerRecord | undefined {
    return this.handlers.get(protocol)
  }

  /** The protocols answered, in the order they were registered. */
  protocols(): string[] {
    return [...this.handlers.keys()]
  }

  use(protocol: string, middleware: StreamMiddleware | StreamMiddleware[]): void {
    this.middlewares.set(protocol, [middleware].flat())
  }

  unuse(protocol: string): void {
    this.middlewares.delete(protocol)
  }

  middleware(protocol: string): readonly StreamMiddleware[] {
    return [...(this.middlewares.get(protocol) ?? []), ...(this.handlers.get(protocol)?.options.middleware ?? [])]
  }

  maxInboundStreams(protocol: string): number {
    return this.handlers.get(protocol)?.options.maxInboundStreams ?? this.limits.maxInboundStreamsPerProtocol
  }

  maxOutboundStreams(protocol: string): number {
    return this.handlers.get(protocol)?.options.maxOutboundStreams ?? this.limits.maxOutboundStreamsPerProtocol
  }
}
