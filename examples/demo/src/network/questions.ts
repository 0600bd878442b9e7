/** Somebody that was heard of, and when. */
export interface Told {
  readonly peer: string
  readonly afterMs: number
}

interface Found {
  readonly value: string
  readonly content: string
  readonly pictures: readonly string[]
}

/** What a member can be asked, and what it answers. */
export interface Answers {
  who(details: object): Promise<{ peer: string; addresses: string[] }>
  /** Waits until that many others are connected and in the routing table. */
  met(details: { count: number }): Promise<Told[]>
  /** Joins by one address, and meets that many others there. */
  bootstrap(details: { address: string; count: number }): Promise<void>
  /** Stores a signed record that names the content, and announces that we have it. */
  publish(details: { content: string }): Promise<{ cid: string; picture: string }>
  /** Finds the record of an author, then who has what it names, and gets and checks it. */
  find(details: { author: string }): Promise<Found>
  /** How many peers the words were sent to. */
  say(details: { words: string }): Promise<number>
  /** Waits until that many messages were heard. */
  chatter(details: { count: number }): Promise<string[]>
}

export interface Question {
  readonly id: number
  readonly ask: keyof Answers
}
