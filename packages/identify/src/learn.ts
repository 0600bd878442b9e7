import { fromUtf8 } from '@ts-libp2p/bytes'
import type {
  AbortOptions,
  Connection,
  IdentifyResult,
  Logger,
  Node,
  Peer,
  PeerData,
  PeerId,
  SignedPeerRecord
} from '@ts-libp2p/interface'
import { PeerRecord, payloadOf } from '@ts-libp2p/record/peer-records'
import type { Claims } from './claims.ts'

/**
 * Stores what a peer said of itself, and returns it as others want to see it: lists that were not said are those known
 * before. A signed record that is not the peer's own, or not signed well, is logged and left out; the unsigned
 * addresses stand in for it.
 */
export async function learn(
  node: Node,
  connection: Connection,
  claims: Claims,
  log: Logger,
  options: AbortOptions
): Promise<IdentifyResult> {
  const { remotePeer } = connection
  const signedPeerRecord = await consumeRecord(node, remotePeer, claims.signedPeerRecord, log, options)
  const peer = await store(node, remotePeer, claims, signedPeerRecord !== undefined, options)
  return {
    peerId: remotePeer,
    listenAddrs: claims.listenAddrs ?? peer.addresses.map(({ multiaddr }) => multiaddr),
    protocols: claims.protocols ?? peer.protocols,
    protocolVersion: claims.protocolVersion,
    agentVersion: claims.agentVersion,
    publicKey: claims.publicKeyBytes,
    observedAddr: claims.observedAddr,
    signedPeerRecord,
    connection
  }
}

/** The peer store checks the signature and whose it is, and keeps a newer record that it may have. */
async function consumeRecord(
  { peerStore }: Node,
  expectedPeer: PeerId,
  envelope: Uint8Array | undefined,
  log: Logger,
  options: AbortOptions
): Promise<SignedPeerRecord | undefined> {
  if (envelope === undefined) return undefined
  try {
    await peerStore.consumePeerRecord(envelope, { ...options, expectedPeer })
    const { multiaddrs, seqNumber } = PeerRecord.decode(payloadOf(envelope))
    return { addresses: [...multiaddrs], seq: seqNumber }
  } catch (err) {
    options.signal?.throwIfAborted()
    log.error('the signed peer record of %p is not used - %e', expectedPeer, err)
    return undefined
  }
}

async function store(
  { peerStore }: Node,
  peer: PeerId,
  claims: Claims,
  hasRecord: boolean,
  options: AbortOptions
): Promise<Peer> {
  const data: PeerData = { publicKey: claims.publicKey, protocols: claims.protocols }
  if (!hasRecord && claims.listenAddrs !== undefined) data.multiaddrs = claims.listenAddrs
  const stored = await peerStore.patch(peer, defined(data), { ...options, source: 'identify' })
  const metadata = versions(claims)
  // Merged, not patched: others keep metadata of the peer too.
  return metadata.size > 0 ? await peerStore.merge(peer, { metadata }, options) : stored
}

function versions({ agentVersion, protocolVersion }: Claims): Map<string, Uint8Array> {
  const metadata = new Map<string, Uint8Array>()
  if (agentVersion !== undefined) metadata.set('AgentVersion', fromUtf8(agentVersion))
  if (protocolVersion !== undefined) metadata.set('ProtocolVersion', fromUtf8(protocolVersion))
  return metadata
}

function defined(data: PeerData): PeerData {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined))
}
