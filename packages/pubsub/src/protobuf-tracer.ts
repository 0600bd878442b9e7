import { lengthPrefixed } from '@ts-libp2p/bytes'
import { peerIdFromString, peerIdToBytes } from '@ts-libp2p/peer-id'
import { idToBytes } from './ids.ts'
import { MAX_TRACED_PEERS } from './limits.ts'
import { TraceEvent as Message } from './pb/trace.js'
import type { PeerKey } from './router.ts'
import type { Control } from './rpc.ts'
import type { RpcSummary, TraceEvent, Tracer } from './tracer.ts'

type Fields = Message.$Properties
type Meta = NonNullable<NonNullable<Fields['recvRPC']>['meta']>
type ControlMeta = NonNullable<Meta['control']>

/**
 * Writes what happens in the form of go-libp2p-pubsub's `PBTracer`: protobuf messages, each with its length before it, that
 * its tools read.
 *
 * @param self base58 of our own peer id
 *
 * @example
 * const file = createWriteStream('trace.pb')
 * gossipsub({ tracer: protobufTracer(peerId.toString(), bytes => file.write(bytes)) })
 */
export function protobufTracer(self: string, write: (bytes: Uint8Array) => void): Tracer {
  const peers = new PeerBytes()
  return {
    trace(event, now) {
      const timestamp = BigInt(Math.floor(now * 1000)) * 1000n
      const fields: Fields = { peerID: peers.of(self), timestamp, ...fieldsOf(event, peers) }
      write(lengthPrefixed(Message.encode(fields).finish()))
    }
  }
}

/** The bytes of peer ids. The same peers come again and again. */
class PeerBytes {
  private readonly known = new Map<PeerKey, Uint8Array>()

  of(peer: PeerKey): Uint8Array {
    const known = this.known.get(peer)
    if (known !== undefined) return known
    const [oldest] = this.known.size >= MAX_TRACED_PEERS ? this.known.keys() : []
    if (oldest !== undefined) this.known.delete(oldest)
    const bytes = peerIdToBytes(peerIdFromString(peer))
    this.known.set(peer, bytes)
    return bytes
  }
}

/** The numbers of the types are those of the fields, less four. */
function fieldsOf(event: TraceEvent, peers: PeerBytes): Fields {
  switch (event.type) {
    case 'publishMessage':
      return { type: 0, publishMessage: named(event.message) }
    case 'rejectMessage': {
      const receivedFrom = peers.of(event.peer)
      return { type: 1, rejectMessage: { ...named(event.message), receivedFrom, reason: event.reason } }
    }
    case 'duplicateMessage':
      return { type: 2, duplicateMessage: { ...named(event), receivedFrom: peers.of(event.peer) } }
    case 'deliverMessage':
      return { type: 3, deliverMessage: { ...named(event.message), receivedFrom: peers.of(event.peer) } }
    case 'addPeer':
      return { type: 4, onNewOutboundStream: { peerID: peers.of(event.peer), proto: event.protocol } }
    case 'removePeer':
      return { type: 5, onClosedOutboundStream: { peerID: peers.of(event.peer) } }
    case 'recvRpc':
      return { type: 6, recvRPC: { receivedFrom: peers.of(event.peer), meta: metaOf(event.rpc) } }
    case 'sendRpc':
      return { type: 7, sendRPC: { sendTo: peers.of(event.peer), meta: metaOf(event.rpc) } }
    case 'dropRpc':
      return { type: 8, dropRPC: { sendTo: peers.of(event.peer), meta: metaOf(event.rpc) } }
    case 'join':
      return { type: 9, join: { topic: event.topic } }
    case 'leave':
      return { type: 10, leave: { topic: event.topic } }
    case 'graft':
      return { type: 11, graft: { peerID: peers.of(event.peer), topic: event.topic } }
    case 'prune':
      return { type: 12, prune: { peerID: peers.of(event.peer), topic: event.topic } }
  }
}

function named({ id, topic }: { id: string; topic: string }): { messageID: Uint8Array; topic: string } {
  return { messageID: idToBytes(id), topic }
}

function metaOf({ messages, subscriptions, control }: RpcSummary): Meta {
  return {
    messages: messages.map(named),
    subscription: subscriptions.map(({ topic, subscribe }) => ({ topic, subscribe })),
    control: control === undefined ? undefined : controlMeta(control)
  }
}

function controlMeta({ ihave, iwant, graft, prune, idontwant }: Control): ControlMeta {
  return {
    ihave: ihave.map(({ topic, ids }) => ({ topic, messageIDs: ids.map(idToBytes) })),
    iwant: iwant.length === 0 ? [] : [{ messageIDs: iwant.map(idToBytes) }],
    graft: graft.map(topic => ({ topic })),
    prune: prune.map(({ topic, peers }) => ({ topic, peers: peers.map(({ peerId }) => peerId) })),
    idontwant: idontwant.length === 0 ? [] : [{ messageIDs: idontwant.map(idToBytes) }]
  }
}
