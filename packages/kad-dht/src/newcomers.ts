import type { Undo } from '@ts-libp2p/interface'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import { request } from './ask-peer.ts'
import type { Contact } from './contact.ts'
import type { Core } from './core.ts'
import { GREET_DELAY_MS, MAX_GREETINGS, MAX_NEWCOMERS } from './limits.ts'
import type { Newcomer } from './table/routing-table.ts'
import { frame, MessageType } from './wire/message.ts'

/**
 * Peers that say they serve and have not shown it: they get into the routing table with their first answer. Those that we
 * connected to for a lookup give it to that; the others are asked something.
 */
export class Newcomers {
  private readonly core: Core
  private readonly waiting = new Map<string, Newcomer>()
  /** Questions under way: how to take them back. */
  private readonly greeted = new Map<string, Undo>()
  /** Peers that answered before they said that they serve: identification takes its time. */
  private readonly proven = new Set<string>()
  private stopTimer: Undo | undefined

  constructor(core: Core) {
    this.core = core
  }

  /** True when it has shown already that it answers. */
  add(newcomer: Newcomer): boolean {
    const { name } = newcomer.contact
    if (this.proven.delete(name)) return true
    this.waiting.set(name, newcomer)
    forgetOldest(this.waiting, MAX_NEWCOMERS)
    if (this.core.messenger.isAsking(newcomer.contact)) this.greetLater()
    else this.greetAll()
    return false
  }

  /** It answered. Returns the newcomer that it is, if it is one. */
  answered({ name }: Contact): Newcomer | undefined {
    const newcomer = this.waiting.get(name)
    this.waiting.delete(name)
    if (newcomer !== undefined) return newcomer
    this.proven.add(name)
    forgetOldest(this.proven, MAX_NEWCOMERS)
    return undefined
  }

  remove({ name }: Contact): void {
    this.waiting.delete(name)
    this.proven.delete(name)
  }

  stop(): void {
    this.stopTimer?.()
    this.stopTimer = undefined
    for (const undo of this.greeted.values()) undo()
    this.greeted.clear()
    this.waiting.clear()
    this.proven.clear()
  }

  private greetLater(): void {
    this.stopTimer ??= this.core.clock.after(GREET_DELAY_MS, () => {
      this.stopTimer = undefined
      this.greetAll(true)
    })
  }

  private greetAll(isImpatient = false): void {
    const { table, clock, messenger } = this.core
    for (const [name, newcomer] of this.waiting) {
      if (this.greeted.size >= MAX_GREETINGS) return
      if (this.greeted.has(name) || (!isImpatient && messenger.isAsking(newcomer.contact))) continue
      if (table.mayAdmit(newcomer, clock.now())) this.greet(newcomer)
      else this.waiting.delete(name)
    }
  }

  /** Asks for peers near ourselves: what it says is of use, and that it says something even more. */
  private greet({ contact }: Newcomer): void {
    const { core } = this
    const message = frame({ type: MessageType.FIND_NODE, key: peerIdToBytes(core.self().id) })
    const undo = request(core, contact, message, outcome => {
      if ('error' in outcome) core.log.trace('%p says that it serves and does not - %e', contact.id, outcome.error)
      this.greeted.delete(contact.name)
      this.waiting.delete(contact.name)
      if (this.waiting.size > 0) this.greetAll()
    })
    this.greeted.set(contact.name, undo)
  }
}

function forgetOldest(names: Map<string, unknown> | Set<string>, limit: number): void {
  if (names.size <= limit) return
  for (const name of names.keys()) {
    names.delete(name)
    return
  }
}
