import type { Connection, Multiaddr, Node, Stream, Undo } from '@ts-libp2p/interface'
import { withPeerId } from '@ts-libp2p/multiaddr'
import type { Contact } from '../contact.ts'
import { KadError } from '../errors.ts'
import { MAX_KEPT_STREAMS, MAX_STREAMS_PER_PEER, STREAM_IDLE_MS } from '../limits.ts'
import type { Frame } from '../wire/message.ts'
import type { Messenger, Outcome } from './messenger.ts'
import { PeerLine, type PeerLineInit } from './peer-line.ts'
import type { RequestStream } from './request-stream.ts'

/** Requests over streams of one protocol, which are kept and used again. */
export class StreamMessenger implements Messenger {
  private readonly node: Node
  private readonly protocol: string
  private readonly lines = new Map<string, PeerLine>()
  /** The one unused longest is first. */
  private readonly kept = new Map<RequestStream, PeerLine>()
  private readonly lineInit: PeerLineInit
  private stopSweep: Undo | undefined

  constructor(node: Node, protocol: string) {
    this.node = node
    this.protocol = protocol
    this.lineInit = {
      open: (peer, isSure, signal) => this.open(peer, isSure, signal),
      idle: (stream, line) => this.keep(stream, line),
      taken: stream => void this.kept.delete(stream),
      empty: line => void this.lines.delete(line.name)
    }
  }

  ask(peer: Contact, request: Frame, done: (outcome: Outcome) => void, reached?: () => void): Undo {
    return this.lineOf(peer).send(peer, request, true, outcome => done(outcome as Outcome), reached)
  }

  tell(peer: Contact, messages: Frame, done: (error?: Error) => void): Undo {
    return this.lineOf(peer).send(peer, messages, false, outcome =>
      done('error' in outcome ? outcome.error : undefined)
    )
  }

  isConnected({ name, id }: Contact): boolean {
    return this.lines.has(name) || this.node.connections(id).length > 0
  }

  isAsking({ name }: Contact): boolean {
    return this.lines.get(name)?.isBusy === true
  }

  stop(): void {
    this.stopSweep?.()
    this.stopSweep = undefined
    for (const [stream, line] of [...this.kept]) line.dismiss(stream)
  }

  private lineOf({ name }: Contact): PeerLine {
    const line = this.lines.get(name) ?? new PeerLine(name, this.lineInit)
    this.lines.set(name, line)
    return line
  }

  private async open(peer: Contact, isSure: boolean, signal: AbortSignal): Promise<Stream> {
    const connection = this.openConnection(peer) ?? (await this.dial(peer, signal))
    return await connection.newStream(this.protocol, {
      signal,
      negotiateFully: isSure,
      // Those that are closing count too.
      maxOutboundStreams: 2 * MAX_STREAMS_PER_PEER
    })
  }

  private openConnection({ id }: Contact): Connection | undefined {
    return this.node.connections(id).find(({ status, limits }) => status === 'open' && limits === undefined)
  }

  private async dial(peer: Contact, signal: AbortSignal): Promise<Connection> {
    const addresses = await this.addressesOf(peer, signal)
    // Without an address the node would ask its routers, and so this DHT again.
    if (addresses.length === 0) throw new KadError('unreachable', `no address of ${peer.name} is known`)
    return await this.node.dial(
      addresses.map(address => withPeerId(address, peer.id)),
      { signal }
    )
  }

  private async addressesOf({ id, multiaddrs }: Contact, signal: AbortSignal): Promise<Multiaddr[]> {
    if (multiaddrs.length > 0) return multiaddrs
    const { peerStore } = this.node
    if (!(await peerStore.has(id, { signal }))) return []
    return (await peerStore.getInfo(id, { signal })).multiaddrs
  }

  private keep(stream: RequestStream, line: PeerLine): void {
    stream.idleSince = this.node.clock.now()
    this.kept.set(stream, line)
    if (this.kept.size > MAX_KEPT_STREAMS) this.dismissOldest()
    this.stopSweep ??= this.node.clock.after(STREAM_IDLE_MS, () => this.sweep())
  }

  private dismissOldest(): void {
    for (const [stream, line] of this.kept) {
      line.dismiss(stream)
      return
    }
  }

  private sweep(): void {
    this.stopSweep = undefined
    const now = this.node.clock.now()
    for (const [stream, line] of [...this.kept]) {
      const left = stream.idleSince + STREAM_IDLE_MS - now
      if (left > 0) {
        this.stopSweep = this.node.clock.after(left, () => this.sweep())
        return
      }
      line.dismiss(stream)
    }
  }
}
