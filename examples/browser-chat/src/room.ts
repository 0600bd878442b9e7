/** A room over one gossipsub topic: what is said, and who is there. The same in a page and in Node. */
import type { Gossipsub, Message } from '@ts-libp2p/gossipsub'

/** Everybody says this often that they are here; who was not heard for a while has gone. */
const HERE_EVERY_MS = 3000
const GONE_AFTER_MS = 10_000
/** Others may write what they like: this much of it is shown. */
const MAX_NAME_CHARS = 24
const MAX_TEXT_CHARS = 2000
const MAX_PEOPLE = 100

type Kind = 'tab' | 'node'

export interface Person {
  readonly peerId: string
  readonly name: string
  readonly kind: Kind
  readonly seenAt: number
}

export interface Line {
  readonly from: Person
  readonly text: string
  readonly at: Date
}

export interface RoomOptions {
  readonly pubsub: Gossipsub
  readonly self: Omit<Person, 'seenAt'>
  readonly topic: string
  onLine(line: Line): void
  /** Somebody came, changed their name, or left. */
  onPeople(): void
}

interface Wire {
  readonly type: 'say' | 'here' | 'bye'
  readonly name: string
  readonly kind: Kind
  readonly text?: string
}

export class Room {
  /** Who is here beside us, by peer id. */
  readonly people: Map<string, Person> = new Map()
  private readonly options: RoomOptions
  private readonly topic: ReturnType<Gossipsub['topic']>
  private name: string
  private readonly timer: ReturnType<typeof setInterval>

  constructor(options: RoomOptions) {
    this.options = options
    this.name = options.self.name
    this.topic = options.pubsub.topic(options.topic)
    this.timer = setInterval(() => this.stillHere(), HERE_EVERY_MS)
    void this.listen()
    this.announce()
  }

  say(text: string): Promise<unknown> {
    const { self } = this.options
    this.options.onLine({ from: { ...self, name: this.name, seenAt: Date.now() }, text, at: new Date() })
    return this.send({ type: 'say', text })
  }

  rename(name: string): void {
    this.name = name
    this.announce()
  }

  /** Says now that we are here: to somebody who has just come, for instance. */
  announce(): void {
    void this.send({ type: 'here' })
  }

  async leave(): Promise<void> {
    clearInterval(this.timer)
    await this.send({ type: 'bye' })
  }

  private send(what: Pick<Wire, 'type' | 'text'>): Promise<unknown> {
    const wire: Wire = { ...what, name: this.name, kind: this.options.self.kind }
    return this.topic.publish(new TextEncoder().encode(JSON.stringify(wire)))
  }

  private async listen(): Promise<void> {
    for await (const message of this.topic) this.receive(message)
  }

  /** Messages are signed: nobody speaks in another's name. */
  private receive(message: Message): void {
    const wire = parse(message.data)
    if (wire === undefined || message.type !== 'signed') return
    const peerId = message.from.toString()
    if (peerId === this.options.self.peerId) return
    const person = { peerId, name: wire.name, kind: wire.kind, seenAt: Date.now() }
    if (wire.type === 'bye') this.forget(peerId)
    else this.meet(person)
    if (wire.type === 'say') this.options.onLine({ from: person, text: wire.text ?? '', at: new Date() })
  }

  private meet(person: Person): void {
    const known = this.people.get(person.peerId)
    if (known === undefined && this.people.size >= MAX_PEOPLE) return
    this.people.set(person.peerId, person)
    if (known === undefined) this.announce()
    if (known?.name !== person.name) this.options.onPeople()
  }

  private forget(peerId: string): void {
    if (this.people.delete(peerId)) this.options.onPeople()
  }

  private stillHere(): void {
    this.announce()
    const oldest = Date.now() - GONE_AFTER_MS
    for (const { peerId, seenAt } of this.people.values()) if (seenAt < oldest) this.forget(peerId)
  }
}

function parse(data: Uint8Array): Wire | undefined {
  try {
    const { type, name, kind, text } = JSON.parse(new TextDecoder().decode(data)) as Record<string, unknown>
    if (type !== 'say' && type !== 'here' && type !== 'bye') return undefined
    return {
      type,
      name: plain(name, MAX_NAME_CHARS) || 'somebody',
      kind: kind === 'node' ? 'node' : 'tab',
      text: plain(text, MAX_TEXT_CHARS)
    }
  } catch {
    return undefined
  }
}

/** Text without control characters. */
function plain(value: unknown, limit: number): string {
  return String(value ?? '')
    .slice(0, limit)
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim()
}
