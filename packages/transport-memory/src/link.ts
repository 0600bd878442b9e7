import { type Clock, type Logger, type Multiaddr, StreamResetError } from '@ts-libp2p/interface'
import { ByteConnection, type ByteStream, defer, type StreamOwner } from '@ts-libp2p/stream'
import { MAX_BYTES_IN_FLIGHT, MAX_CHUNK_BYTES } from './limits.ts'
import type { MemoryNetwork } from './network.ts'

export interface LinkInit {
  network: MemoryNetwork
  /** What the outbound end sees, and the inbound one. */
  addresses: readonly [Multiaddr, Multiaddr]
  /** Of the outbound end, and of the inbound one. */
  logs: readonly [Logger, Logger]
  clock: Clock
}

/** Two connections: what one sends the other receives, after the latency of the network. The outbound end is first. */
export function link({ network, addresses, logs, clock }: LinkInit): [ByteConnection, ByteConnection] {
  const ends = [new LinkEnd(network), new LinkEnd(network)] as const
  ends[0].far = ends[1]
  ends[1].far = ends[0]
  return [
    ends[0].connect({ owner: ends[0], direction: 'outbound', remoteAddr: addresses[0], log: logs[0], clock }),
    ends[1].connect({ owner: ends[1], direction: 'inbound', remoteAddr: addresses[1], log: logs[1], clock })
  ]
}

class LinkEnd implements StreamOwner {
  far!: LinkEnd
  private stream!: ByteStream
  private readonly network: MemoryNetwork
  private isReading = true
  private isDue = false
  private bytesInFlight = 0

  constructor(network: MemoryNetwork) {
    this.network = network
  }

  connect(init: ConstructorParameters<typeof ByteConnection>[0]): ByteConnection {
    const conn = new ByteConnection(init)
    this.stream = conn
    return conn
  }

  queued(): void {
    if (this.isDue) return
    this.isDue = true
    defer(() => {
      this.isDue = false
      this.send()
    })
  }

  reading(_: ByteStream, wanted: boolean): void {
    this.isReading = wanted
    if (wanted) this.far.queued()
  }

  aborted(_: ByteStream, err: Error): void {
    const reset = new StreamResetError(`the far side aborted: ${err.message}`, { cause: err })
    defer(() => this.network.fly(() => this.far.stream.receiveReset(reset)))
  }

  ended(): void {}

  /** What is queued leaves as one flight. Without latency the reader may stop it between two chunks. */
  private send(): void {
    const { stream, far, network } = this
    if (stream.hasQueued && far.isReading) network.flights++
    while (far.isReading && this.bytesInFlight < MAX_BYTES_IN_FLIGHT && stream.hasQueued && !stream.isFinQueued) {
      this.sendChunk()
    }
    if (!stream.isFinQueued) return
    stream.finSent()
    network.later(() => far.stream.receiveEnd())
  }

  private sendChunk(): void {
    const chunks: Uint8Array[] = []
    const bytes = this.stream.pull(chunks, MAX_CHUNK_BYTES)
    this.bytesInFlight += bytes
    this.network.later(() => {
      this.bytesInFlight -= bytes
      for (const chunk of chunks) this.far.stream.receive(chunk)
      if (this.stream.hasQueued) this.queued()
    })
  }
}
