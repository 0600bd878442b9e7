import type { Clock, Logger, Undo } from '@ts-libp2p/interface'
import type { Datastore } from 'interface-datastore'
import { KadError } from '../errors.ts'
import { MAX_PENDING_WRITES, MAX_WRITE_BATCH, STOP_FLUSH_MS, WRITE_DELAY_MS, WRITE_RETRY_MS } from '../limits.ts'

export interface DiskInit {
  readonly datastore: Datastore
  /** Where everything lies, e.g. `/dht`. */
  readonly prefix: string
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Records in a datastore, written behind: memory is what counts while we run, and the datastore is what is left after. A
 * datastore that fails, or is full, costs nothing but that; writes are tried again.
 */
export class Disk {
  private readonly init: DiskInit
  /** What is to be written, or deleted, by name: the oldest first. */
  private readonly pending = new Map<string, Uint8Array | undefined>()
  private stopTimer: Undo | undefined
  private writing: Promise<void> | undefined
  private isStopped = false

  constructor(init: DiskInit) {
    this.init = init
  }

  /** Undefined deletes. */
  set(name: string, bytes: Uint8Array | undefined): void {
    this.pending.delete(name)
    this.pending.set(name, bytes)
    if (this.pending.size > MAX_PENDING_WRITES) this.loseOldest()
    this.writeAfter(WRITE_DELAY_MS)
  }

  /** Everything whose name begins so. Rejects with a `KadError` (`storage`). */
  async *load(beginning: string): AsyncGenerator<[name: string, bytes: Uint8Array]> {
    const { datastore, prefix } = this.init
    try {
      for await (const { key, value } of datastore.query({ prefix: `${prefix}/${beginning}` })) {
        yield [key.toString().slice(prefix.length + 1), value]
      }
    } catch (cause) {
      throw new KadError('storage', `the datastore cannot be read under ${prefix}/${beginning}`, { cause })
    }
  }

  /** Writes the last changes, if that takes no longer than it may. */
  async stop(): Promise<void> {
    this.isStopped = true
    this.stopTimer?.()
    this.stopTimer = undefined
    const { clock } = this.init
    const written = this.writeAll()
    await new Promise<void>(resolve => {
      const stopTimer = clock.after(STOP_FLUSH_MS, resolve)
      void written.then(() => {
        stopTimer()
        resolve()
      })
    })
  }

  start(): void {
    this.isStopped = false
  }

  private writeAfter(ms: number): void {
    if (this.isStopped) return
    this.stopTimer ??= this.init.clock.after(ms, () => {
      this.stopTimer = undefined
      void this.writeAll()
    })
  }

  private async writeAll(): Promise<void> {
    this.writing ??= this.writeBatches().finally(() => {
      this.writing = undefined
    })
    await this.writing
  }

  private async writeBatches(): Promise<void> {
    while (this.pending.size > 0) {
      const changes = [...this.pending].slice(0, MAX_WRITE_BATCH)
      try {
        await this.write(changes)
      } catch (cause) {
        const err = new KadError('storage', `${this.pending.size} records could not be written`, { cause })
        this.init.log.error('%e', err)
        this.writeAfter(WRITE_RETRY_MS)
        return
      }
      // Those that changed while they were written are written again.
      for (const [name, bytes] of changes) if (this.pending.get(name) === bytes) this.pending.delete(name)
    }
  }

  private async write(changes: readonly (readonly [string, Uint8Array | undefined])[]): Promise<void> {
    const { datastore, prefix } = this.init
    // Loaded here: most nodes in browsers have no datastore.
    const { Key } = await import('interface-datastore')
    const batch = datastore.batch()
    for (const [name, bytes] of changes) {
      const key = new Key(`${prefix}/${name}`)
      if (bytes === undefined) batch.delete(key)
      else batch.put(key, bytes)
    }
    await batch.commit()
  }

  private loseOldest(): void {
    for (const name of this.pending.keys()) {
      this.pending.delete(name)
      return
    }
  }
}
