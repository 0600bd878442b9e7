import { concat } from '@ts-libp2p/bytes'
import type { Clock, MessageStream, Undo } from '@ts-libp2p/interface'
import { ByteStream, type ByteStreamInit, flatten, linkPair } from '../src/index.ts'
import { RecordingOwner } from './recording-owner.ts'

export type Init = Omit<Partial<ByteStreamInit>, 'owner'>

/** A stream whose owner is the test. */
export function ownedStream(init: Init = {}): { stream: ByteStream; owner: RecordingOwner } {
  const owner = new RecordingOwner()
  return { stream: new ByteStream({ direction: 'outbound', ...init, owner }), owner }
}

export function pair(init: Init = {}): [ByteStream, ByteStream] {
  return linkPair(end => new ByteStream({ ...init, ...end }))
}

/** Every deferred tick and promise that is due, and what they set off. */
export function settle(): Promise<void> {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}

/** Everything that waits in the stream to be sent. */
export function pulled(stream: ByteStream, limit = Number.MAX_SAFE_INTEGER): Uint8Array {
  const chunks: Uint8Array[] = []
  stream.pull(chunks, limit)
  return concat(chunks)
}

export async function collect(stream: MessageStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(flatten(chunk))
  return concat(chunks)
}

/** The bytes 0, 1, 2, … of this length, so that a loss or a repetition shows. */
export function counting(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => i % 251)
}

/** The names of a stream's events, in their order. */
export function eventsOf(stream: ByteStream): string[] {
  const names: string[] = []
  for (const name of ['drain', 'remoteCloseWrite', 'end', 'idle'] as const) {
    stream.addEventListener(name, () => names.push(name))
  }
  stream.addEventListener('close', ({ error, local }) => names.push(`close ${local} ${error?.message}`))
  return names
}

/** The stream as one of another make: read through its events, without the methods that only ours have. */
export function foreign(stream: ByteStream): MessageStream {
  const hidden = new Set<string | symbol>(['attach', 'detach', 'sendAll', 'sink', 'source'])
  const added: Record<string | symbol, unknown> = {}
  return new Proxy(stream, {
    has: (target, key) => key in added || (!hidden.has(key) && key in target),
    get: (target, key) => {
      if (hidden.has(key)) return added[key]
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
    set: (target, key, value) => {
      if (!hidden.has(key)) return Reflect.set(target, key, value, target)
      added[key] = value
      return true
    }
  })
}

/** Time that moves when told to. */
export class HandClock implements Clock {
  private ms = 1000
  private timers: { at: number; fn: () => void }[] = []

  now(): number {
    return this.ms
  }

  get pending(): number {
    return this.timers.length
  }

  after(ms: number, fn: () => void): Undo {
    const timer = { at: this.ms + ms, fn }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter(other => other !== timer)
    }
  }

  advance(ms: number): void {
    const until = this.ms + ms
    for (let next = this.due(until); next !== undefined; next = this.due(until)) {
      this.ms = next.at
      this.timers = this.timers.filter(timer => timer !== next)
      next.fn()
    }
    this.ms = until
  }

  private due(until: number) {
    return this.timers.filter(timer => timer.at <= until).sort((a, b) => a.at - b.at)[0]
  }
}
