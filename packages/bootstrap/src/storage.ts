import { fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import type { Multiaddr } from '@ts-libp2p/interface'
import { multiaddr, peerIdOf } from '@ts-libp2p/multiaddr'
import { peerIdFromString } from '@ts-libp2p/peer-id'
import { type Datastore, Key } from 'interface-datastore'
import { MAX_ADDRESS_BYTES, MAX_LISTED, MAX_PROVEN_PEERS } from './limits.ts'
import type { Edits } from './peer-list.ts'
import type { ProvenPeer } from './proven-peers.ts'

const LIST = new Key('/bootstrap/list')
const PROVEN = new Key('/bootstrap/proven')

/**
 * What survives a restart, as lines of text that a person can read and edit:
 *
 *     /bootstrap/list     + <address>    - <address>
 *     /bootstrap/proven   <first seen> <last seen> <address> …
 */
export class Storage {
  private readonly datastore: Datastore

  constructor(datastore: Datastore) {
    this.datastore = datastore
  }

  async readEdits(): Promise<Edits> {
    const lines = await this.lines(LIST, 2 * MAX_LISTED)
    const withSign = (sign: string): string[] =>
      lines.filter(line => line.startsWith(`${sign} `)).map(line => line.slice(2).trim())
    return { added: withSign('+'), removed: withSign('-') }
  }

  async writeEdits({ added, removed }: Edits): Promise<void> {
    const lines = [...added.map(text => `+ ${text}`), ...removed.map(text => `- ${text}`)]
    await this.datastore.put(LIST, fromUtf8(`${lines.join('\n')}\n`))
  }

  async readProven(): Promise<ProvenPeer[]> {
    return (await this.lines(PROVEN, MAX_PROVEN_PEERS)).flatMap(parseProven)
  }

  async writeProven(peers: readonly ProvenPeer[]): Promise<void> {
    const lines = peers.map(({ addresses, firstSeen, lastSeen }) =>
      [Math.floor(firstSeen), Math.floor(lastSeen), ...addresses].join(' ')
    )
    await this.datastore.put(PROVEN, fromUtf8(`${lines.join('\n')}\n`))
  }

  private async lines(key: Key, limit: number): Promise<string[]> {
    if (!(await this.datastore.has(key))) return []
    const text = toUtf8(await this.datastore.get(key))
    return text
      .split('\n')
      .filter(line => line.trim() !== '')
      .slice(0, limit)
  }
}

/** An address that names its peer; undefined for anything else. */
export function parseAddress(text: string): Multiaddr | undefined {
  if (text.length > MAX_ADDRESS_BYTES) return undefined
  try {
    return multiaddr(text)
  } catch {
    return undefined
  }
}

/** A line that was spoilt by hand is left out. */
function parseProven(line: string): ProvenPeer[] {
  const [first, last, ...texts] = line.trim().split(/\s+/)
  const addresses = texts.map(parseAddress).filter(address => address !== undefined)
  const name = addresses[0] && peerIdOf(addresses[0])
  const [firstSeen, lastSeen] = [Number(first), Number(last)]
  if (name === undefined || !Number.isFinite(firstSeen) || !Number.isFinite(lastSeen)) return []
  try {
    const ofPeer = addresses.filter(address => peerIdOf(address) === name)
    return [{ id: peerIdFromString(name), addresses: ofPeer, firstSeen, lastSeen }]
  } catch {
    return []
  }
}
