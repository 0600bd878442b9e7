import { bytesEqual } from '@ts-libp2p/bytes'
import { publicKeyToProtobuf } from '@ts-libp2p/crypto'
import type { Logger, Multiaddr, Node } from '@ts-libp2p/interface'
import { peerIdOf, withoutPeerId } from '@ts-libp2p/multiaddr'
import { createPeerRecord } from '@ts-libp2p/record/peer-records'
import { MAX_ADDR_BYTES, MAX_OWN_ADDRS, MAX_PROTOCOL_CHARS, MAX_SENT_MESSAGE_BYTES } from './limits.ts'
import { type SplitMessage, splitMessage } from './message.ts'

/** What we say of ourselves at some moment, signed and encoded. */
export interface OwnMessage extends SplitMessage {
  /** Grows with every change. */
  readonly version: number
}

interface Edition {
  readonly addresses: readonly Multiaddr[]
  readonly protocols: readonly string[]
  readonly message: Promise<OwnMessage>
}

/** Room for the record's field in a message of its own. */
const MAX_RECORD_BYTES = MAX_SENT_MESSAGE_BYTES - 3

/** Keeps our answer, and signs and encodes another only when our addresses or protocols have changed. */
export class OwnMessages {
  private readonly node: Node
  private readonly versions: { agentVersion: string; protocolVersion: string }
  private readonly log: Logger
  private latest: Edition | undefined
  private version = 0
  private seq = 0n

  constructor(node: Node, versions: { agentVersion: string; protocolVersion: string }, log: Logger) {
    this.node = node
    this.versions = { agentVersion: versions.agentVersion, protocolVersion: versions.protocolVersion }
    this.log = log
  }

  /** Asked anew each time: an event may be missed, a comparison of some dozen addresses costs next to nothing. */
  get(): Promise<OwnMessage> {
    const addresses = this.node.addresses()
    const protocols = this.node.protocols()
    if (this.latest !== undefined && isOf(this.latest, addresses, protocols)) return this.latest.message
    const edition = { addresses, protocols, message: this.build(addresses, protocols) }
    this.latest = edition
    edition.message.catch(() => {
      if (this.latest === edition) this.latest = undefined
    })
    return edition.message
  }

  private async build(addresses: readonly Multiaddr[], protocols: readonly string[]): Promise<OwnMessage> {
    const version = ++this.version
    const { privateKey } = this.node
    const listenAddrs = this.ownAddresses(addresses)
    const signedPeerRecord = await this.record(listenAddrs)
    const message = splitMessage({
      ...this.versions,
      publicKey: publicKeyToProtobuf(privateKey.publicKey),
      listenAddrs: listenAddrs.map(({ bytes }) => bytes),
      protocols: protocols.filter(name => name.length <= MAX_PROTOCOL_CHARS),
      signedPeerRecord
    })
    if (message.dropped > 0)
      this.log.error('%d of our addresses and protocols are too many to be told', message.dropped)
    return { ...message, version }
  }

  /** Without our peer id at their end, which the answer says once. */
  private ownAddresses(addresses: readonly Multiaddr[]): Multiaddr[] {
    const self = this.node.peerId.toString()
    return addresses
      .map(ma => (peerIdOf(ma) === self ? withoutPeerId(ma) : ma))
      .filter(({ bytes }) => bytes.byteLength > 0 && bytes.byteLength <= MAX_ADDR_BYTES)
      .slice(0, MAX_OWN_ADDRS)
  }

  /** The signed record, with as many of the addresses as fit into one message. */
  private async record(listenAddrs: readonly Multiaddr[]): Promise<Uint8Array> {
    const { privateKey } = this.node
    const seq = this.nextSeq()
    for (let addresses = listenAddrs; ; ) {
      const bytes = (await createPeerRecord({ privateKey, addresses, seq })).marshal()
      if (bytes.byteLength <= MAX_RECORD_BYTES || addresses.length === 0) return bytes
      const share = Math.floor((addresses.length * MAX_RECORD_BYTES) / bytes.byteLength)
      addresses = addresses.slice(0, Math.min(share, addresses.length - 1))
    }
  }

  /** Nanoseconds since 1970, as go-libp2p has it, so that it grows over restarts too; never the same twice. */
  private nextSeq(): bigint {
    const now = BigInt(Math.floor(this.node.clock.now())) * 1_000_000n
    this.seq = now > this.seq ? now : this.seq + 1n
    return this.seq
  }
}

function isOf(edition: Edition, addresses: readonly Multiaddr[], protocols: readonly string[]): boolean {
  return (
    edition.addresses.length === addresses.length &&
    edition.protocols.length === protocols.length &&
    edition.protocols.every((name, i) => name === protocols[i]) &&
    edition.addresses.every(({ bytes }, i) => bytesEqual(bytes, (addresses[i] as Multiaddr).bytes))
  )
}
