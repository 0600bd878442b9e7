import type { Undo } from '@ts-libp2p/interface'
import type { Contact } from '../contact.ts'
import type { Frame, Message } from '../wire/message.ts'

/** What became of a request. */
export type Outcome = { readonly answer: Message } | { readonly error: Error }

/** How requests reach other peers. Streams carry them; a simulation may hand them over itself. */
export interface Messenger {
  /**
   * Sends a request and calls `done` once, later, unless the result is called first. Times nothing. `reached` is called
   * before when the peer had to be dialled, and was: its answer is a round trip away.
   */
  ask(peer: Contact, request: Frame, done: (outcome: Outcome) => void, reached?: () => void): Undo
  /** Sends messages that have no answer. `done` is called when they have left, or could not. */
  tell(peer: Contact, messages: Frame, done: (error?: Error) => void): Undo
  /** True when a request would not have to dial first: there is a connection, or there will be. */
  isConnected(peer: Contact): boolean
  /** True while an answer of the peer is waited for. */
  isAsking(peer: Contact): boolean
  stop(): void
}
