import {
  type Connection,
  ConnectionClosedError,
  type ConnectionLimits,
  type ConnectionStatus,
  type Logger,
  type MessageStreamDirection,
  type MessageStreamEvents,
  type Multiaddr,
  type NewStreamOptions,
  type PeerId,
  type Stream,
  StreamResetError,
  UnsupportedProtocolError
} from '@ts-libp2p/interface'
import { CloseEvent, noLog, TypedEvents, toError } from '@ts-libp2p/stream'
import { settle } from './settle.ts'
import type { TestNode } from './test-node.ts'
import { connectionPair } from './wire.ts'

/** Connects two test nodes: the dialer's connection, then the listener's. Both nodes announce theirs. */
export function connectNodes(
  dialer: TestNode,
  listener: TestNode,
  init: { limits?: ConnectionLimits; dialerAddr?: Multiaddr; listenerAddr?: Multiaddr } = {}
): [TestConnection, TestConnection] {
  const { limits, dialerAddr = dialer.address, listenerAddr = listener.address } = init
  const there = new TestConnection({
    ...{ node: dialer, remote: listener, remoteAddr: listenerAddr, direction: 'outbound', limits }
  })
  const back = new TestConnection({
    ...{ node: listener, remote: dialer, remoteAddr: dialerAddr, direction: 'inbound', limits }
  })
  there.far = back
  back.far = there
  for (const connection of [there, back]) {
    connection.node.open.push(connection)
    connection.node.emit('connection:open', connection)
  }
  return [there, back]
}

interface TestConnectionInit {
  readonly node: TestNode
  readonly remote: TestNode
  readonly remoteAddr: Multiaddr
  readonly direction: MessageStreamDirection
  readonly limits?: ConnectionLimits | undefined
}

let nextId = 0

/** One side of a connection between test nodes: each stream has a wire of its own. */
export class TestConnection
  extends TypedEvents<Omit<MessageStreamEvents, 'drain' | 'message' | 'end'>>
  implements Connection
{
  readonly id: string = String(nextId++)
  readonly node: TestNode
  /** The other side. */
  far!: TestConnection
  readonly remoteAddr: Multiaddr
  readonly remotePeer: PeerId
  readonly direction: MessageStreamDirection
  readonly timeline: Connection['timeline'] = { open: 0 }
  readonly limits?: ConnectionLimits
  readonly log: Logger = noLog
  streams: Stream[] = []
  status: ConnectionStatus = 'open'
  /** What `abort` was called with. */
  error: Error | undefined
  /** Streams that were opened from this side, by protocol. */
  readonly opened: string[] = []

  constructor(init: TestConnectionInit) {
    super()
    this.node = init.node
    this.remoteAddr = init.remoteAddr
    this.remotePeer = init.remote.peerId
    this.direction = init.direction
    this.limits = init.limits
  }

  get direct(): boolean {
    return this.limits === undefined
  }

  async newStream(protocols: string | string[], options: NewStreamOptions = {}): Promise<Stream> {
    options.signal?.throwIfAborted()
    if (this.status !== 'open') throw new ConnectionClosedError()
    const [protocol = ''] = [protocols].flat()
    const { latencyMs, wire, clock } = this.node.network
    const [ours, theirs] = connectionPair({ clock, latencyMs: latencyMs > 0 ? latencyMs : undefined, ...wire })
    this.opened.push(protocol)
    this.add(ours, protocol)
    if (this.far.node.handlers.has(protocol)) void this.far.accept(theirs, protocol)
    else void refuse(ours, protocol)
    return ours
  }

  async close(): Promise<void> {
    this.end('closed', new ConnectionClosedError())
    this.far.end('closed', new ConnectionClosedError())
  }

  abort(err: Error): void {
    this.error = err
    this.end('aborted', err)
    this.far.end('reset', new StreamResetError())
  }

  /** Streams of a protocol that are open in this direction. */
  count(protocol: string, direction: MessageStreamDirection): number {
    return this.streams.filter(stream => stream.protocol === protocol && stream.direction === direction).length
  }

  private async accept(stream: Stream, protocol: string): Promise<void> {
    const record = this.node.handlers.get(protocol)
    const isFull = this.count(protocol, 'inbound') >= (record?.options.maxInboundStreams ?? 32)
    this.add(stream, protocol)
    try {
      if (isFull) throw new StreamResetError(`too many streams of ${protocol}`)
      if (this.limits !== undefined && record?.options.runOnLimitedConnection !== true) throw new Error('limited')
      await record?.handler(stream, this)
    } catch (err) {
      stream.abort(toError(err))
    }
  }

  private add(stream: Stream, protocol: string): void {
    stream.protocol = protocol
    this.streams.push(stream)
    stream.addEventListener('close', () => {
      this.streams = this.streams.filter(other => other !== stream)
    })
  }

  private end(status: ConnectionStatus, err: Error): void {
    if (this.status !== 'open') return
    this.status = status
    for (const stream of this.streams) stream.abort(err)
    this.node.open.splice(this.node.open.indexOf(this), 1)
    this.node.emit('connection:close', this)
    this.dispatchEvent(new CloseEvent(status !== 'reset', err))
  }
}

/** As an optimistic selection is refused: after the stream was handed over. */
async function refuse(stream: Stream, protocol: string): Promise<void> {
  await settle()
  stream.abort(new UnsupportedProtocolError(`the remote does not speak ${protocol}`))
}
