import { readPublicKey } from '@ts-libp2p/crypto'
import type { Multiaddr, PeerId, PublicKey } from '@ts-libp2p/interface'
import { multiaddr, peerIdOf, withoutPeerId } from '@ts-libp2p/multiaddr'
import { matchesPublicKey } from '@ts-libp2p/peer-id'
import { toError } from '@ts-libp2p/stream'
import { IdentifyError } from './errors.ts'
import { MAX_ADDR_BYTES, MAX_LISTEN_ADDRS, MAX_PROTOCOL_CHARS, MAX_PROTOCOLS, MAX_VERSION_CHARS } from './limits.ts'
import type { IdentifyMessage } from './message.ts'

/** What a peer says of itself, read and bounded. What is absent was not said. */
export interface Claims {
  /** Proven: the id of the peer at the other end is made of it. */
  readonly publicKey?: PublicKey
  /** Its protobuf form. */
  readonly publicKeyBytes?: Uint8Array
  readonly listenAddrs?: Multiaddr[]
  readonly protocols?: string[]
  readonly observedAddr?: Multiaddr
  readonly protocolVersion?: string
  readonly agentVersion?: string
  /** Not looked at yet. */
  readonly signedPeerRecord?: Uint8Array
}

/**
 * Reads what the peer at the other end said. Addresses that cannot be read are left out: it may use transports that we
 * have not heard of. Throws an `IdentifyError`: `key-mismatch` for the key of another peer, `malformed` for no key.
 */
export async function readClaims(message: IdentifyMessage, peer: PeerId): Promise<Claims> {
  return {
    ...(await readKey(message.publicKey, peer)),
    listenAddrs: message.listenAddrs && ownAddresses(message.listenAddrs, peer),
    protocols: message.protocols && boundedProtocols(message.protocols),
    observedAddr: message.observedAddr && readAddress(message.observedAddr),
    protocolVersion: message.protocolVersion?.slice(0, MAX_VERSION_CHARS),
    agentVersion: message.agentVersion?.slice(0, MAX_VERSION_CHARS),
    signedPeerRecord: message.signedPeerRecord?.slice()
  }
}

async function readKey(
  bytes: Uint8Array | undefined,
  peer: PeerId
): Promise<Pick<Claims, 'publicKey' | 'publicKeyBytes'>> {
  if (bytes === undefined) return {}
  const publicKeyBytes = new Uint8Array(bytes)
  const publicKey = await parseKey(publicKeyBytes, peer)
  if (matchesPublicKey(peer, publicKey)) return { publicKey, publicKeyBytes }
  throw new IdentifyError('key-mismatch', `${peer} identified itself with the public key of another peer`)
}

async function parseKey(bytes: Uint8Array, peer: PeerId): Promise<PublicKey> {
  try {
    return await readPublicKey(bytes)
  } catch (cause) {
    const why = toError(cause).message
    throw new IdentifyError('malformed', `${peer} identified itself with an unusable public key: ${why}`, { cause })
  }
}

/** Those addresses that lead to this peer, without its id at their end. */
function ownAddresses(list: readonly Uint8Array[], peer: PeerId): Multiaddr[] {
  const self = peer.toString()
  return list.slice(0, MAX_LISTEN_ADDRS).flatMap(bytes => {
    const address = readAddress(bytes)
    if (address === undefined) return []
    const target = peerIdOf(address)
    if (target === undefined) return [address]
    return target === self ? [withoutPeerId(address)] : []
  })
}

function readAddress(bytes: Uint8Array): Multiaddr | undefined {
  if (bytes.byteLength === 0 || bytes.byteLength > MAX_ADDR_BYTES) return undefined
  try {
    return multiaddr(bytes)
  } catch {
    return undefined
  }
}

function boundedProtocols(list: readonly string[]): string[] {
  return [...new Set(list)].filter(name => name !== '' && name.length <= MAX_PROTOCOL_CHARS).slice(0, MAX_PROTOCOLS)
}
