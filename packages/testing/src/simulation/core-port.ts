import type { Undo } from '@ts-libp2p/interface'
import type { SeededRandom } from '../seeded-random.ts'
import type { LinkModel, LinkOptions } from './links.ts'

/** The world as one core sees it. What it holds is dead once the core crashed. */
export interface CorePort<Message> {
  readonly index: number
  readonly random: SeededRandom
  /** Unix milliseconds. */
  now(): number
  /** Sends a message. `bytes` is its size, for bandwidth and statistics. Default 0. */
  send(to: number, message: Message, bytes?: number): void
  after(ms: number, fn: () => void): Undo
}

/** What drives a core: turns what it is called with into the core's inputs, and its effects into calls on the port. */
export interface CoreShell<Message> {
  receive(from: number, message: Message): void
  /** A message found nobody there: told a round trip after it was sent, as a reset would tell. */
  undeliverable?(to: number, message: Message): void
}

export interface CoresOptions<Message, Shell extends CoreShell<Message>> {
  /** Everything that is left to chance comes of it. Default 0. */
  seed?: number | string
  /** Every link, or what tells the link from one core to another; asked for each message. Default 10 ms. */
  link?: LinkOptions | LinkModel
  /** Makes what runs at one place: at first, and after each restart. */
  create: (port: CorePort<Message>) => Shell
  /** Of everything that one core sends. Default unlimited. */
  uploadBytesPerSecond?: number | ((index: number) => number)
  /** The first moment, Unix milliseconds. Default 2026-01-01T00:00:00Z. */
  startMs?: number
  /** Lines of the event log that are kept. Default 100,000. */
  logLines?: number
}
