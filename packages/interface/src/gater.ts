import type { MultiaddrConnection } from './connection.ts'
import type { Multiaddr } from './multiaddr.ts'
import type { PeerId } from './peer-id.ts'

type Verdict = Promise<boolean> | boolean

/** Decides whom to talk to. Every hook is optional; true means "deny", except in `filterMultiaddrForPeer`. */
export interface ConnectionGater {
  denyDialPeer?(peerId: PeerId): Verdict
  denyDialMultiaddr?(multiaddr: Multiaddr): Verdict
  denyInboundConnection?(conn: MultiaddrConnection): Verdict
  denyOutboundConnection?(peerId: PeerId, conn: MultiaddrConnection): Verdict
  denyInboundEncryptedConnection?(peerId: PeerId, conn: MultiaddrConnection): Verdict
  denyOutboundEncryptedConnection?(peerId: PeerId, conn: MultiaddrConnection): Verdict
  denyInboundUpgradedConnection?(peerId: PeerId, conn: MultiaddrConnection): Verdict
  denyOutboundUpgradedConnection?(peerId: PeerId, conn: MultiaddrConnection): Verdict
  denyInboundRelayReservation?(source: PeerId): Verdict
  denyOutboundRelayedConnection?(source: PeerId, destination: PeerId): Verdict
  denyInboundRelayedConnection?(relay: PeerId, remotePeer: PeerId): Verdict
  /** True keeps the address in the peer store. */
  filterMultiaddrForPeer?(peer: PeerId, multiaddr: Multiaddr): Verdict
}
