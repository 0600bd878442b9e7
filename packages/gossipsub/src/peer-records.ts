import type { Logger, Node, Peer, PeerId, Undo } from '@ts-libp2p/interface'

/** Signed records of connected peers, from the peer store: what is passed on in peer exchange. */
export class PeerRecords {
  private readonly node: Node
  private readonly log: Logger
  private readonly onRecord: (peer: string, record: Uint8Array) => void
  private readonly undo: Undo

  constructor(node: Node, log: Logger, onRecord: (peer: string, record: Uint8Array) => void) {
    this.node = node
    this.log = log
    this.onRecord = onRecord
    this.undo = node.on('peer:update', ({ peer }) => this.use(peer))
  }

  stop(): void {
    this.undo()
  }

  /** What is known of a peer that has just come. */
  load(peer: PeerId): void {
    this.node.peerStore.get(peer).then(
      known => this.use(known),
      (err: unknown) => this.log('no record of %p - %e', peer, err)
    )
  }

  private use({ id, peerRecordEnvelope }: Peer): void {
    if (peerRecordEnvelope !== undefined) this.onRecord(id.toString(), peerRecordEnvelope)
  }
}
