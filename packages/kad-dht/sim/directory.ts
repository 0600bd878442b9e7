import { fromUtf8 } from '@ts-libp2p/bytes'
import { sha256 } from '@ts-libp2p/crypto'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdFromBytes } from '@ts-libp2p/peer-id'
import { SeededRandom } from '@ts-libp2p/testing'
import { type Contact, Contacts, contactOf } from '../src/contact.ts'
import { groupsOf, OPERATOR } from '../src/groups.ts'
import { passthroughMapper } from '../src/index.ts'

/** First bytes of addresses that are on the internet. */
const FIRST_BYTES: readonly number[] = Array.from({ length: 222 }, (_, i) => i + 1).filter(byte => {
  return ![10, 100, 127, 169, 172, 192, 198, 203].includes(byte)
})

/** Everybody who will ever be in a network: ids and addresses, by index. All nodes share it, so each peer is one object. */
export class Directory {
  readonly contacts: Contacts = new Contacts(passthroughMapper, 1_000_000)
  private readonly random: SeededRandom
  private readonly byIndex: Contact[] = []
  private readonly groups: (readonly string[])[] = []
  private readonly byName = new Map<string, number>()

  constructor(seed: number | string) {
    this.random = new SeededRandom(`${seed}/directory`)
  }

  /** Adds somebody, at an address of their own unless one is given. */
  add(name: string, address: string = this.randomAddress()): Contact {
    const contact = contactOf(idOf(name), [multiaddr(address)])
    this.byName.set(contact.name, this.byIndex.length)
    this.byIndex.push(contact)
    return contact
  }

  get size(): number {
    return this.byIndex.length
  }

  contact(index: number): Contact {
    const contact = this.byIndex[index]
    if (contact === undefined) throw new RangeError(`there is nobody with the index ${index}`)
    return contact
  }

  index({ name }: Pick<Contact, 'name'>): number | undefined {
    return this.byName.get(name)
  }

  /** The networks that somebody is in. */
  groupsOf(contact: Contact): readonly string[] {
    const index = this.byName.get(contact.name)
    if (index === undefined) return groupsOf(contact.multiaddrs, OPERATOR)
    this.groups[index] ??= groupsOf(contact.multiaddrs, OPERATOR)
    return this.groups[index]
  }

  private randomAddress(): string {
    const { random } = this
    const bytes = [random.pick(FIRST_BYTES), random.int(256), random.int(256), 1 + random.int(254)]
    return `/ip4/${bytes.join('.')}/tcp/4001`
  }
}

/** The id of a key that nobody has. */
export function idOf(name: string): ReturnType<typeof peerIdFromBytes> {
  const bytes = new Uint8Array(34)
  bytes.set([0x12, 0x20])
  bytes.set(sha256(fromUtf8(name)), 2)
  return peerIdFromBytes(bytes)
}
