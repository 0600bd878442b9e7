import { lengthPrefixed } from '@ts-libp2p/bytes'
import {
  type ConnectionEncrypter,
  type MessageStream,
  type PeerId,
  type SecureConnectionOptions,
  type SecuredConnection,
  UnexpectedPeerError
} from '@ts-libp2p/interface'
import { peerIdFromBytes, peerIdToBytes } from '@ts-libp2p/peer-id'
import { type Dialogue, runDialogue, toError } from '@ts-libp2p/stream'
import { MAX_NULL_SECURITY_BYTES } from './limits.ts'

export const NULL_SECURITY_PROTOCOL = '/null-security/0.0.0'

/** What `nullSecurity` needs of a node. */
export interface NullSecurityComponents {
  peerId: PeerId
}

/**
 * Says the peer id and nothing else: no keys, no proof, no encryption. For simulations of thousands of nodes, whose
 * subject is not the handshake.
 *
 * @example
 * createLibp2p({ connectionEncrypters: [nullSecurity()], … })
 */
export function nullSecurity(): (components: NullSecurityComponents) => ConnectionEncrypter {
  return ({ peerId }) => new NullSecurity(peerId)
}

class NullSecurity implements ConnectionEncrypter {
  readonly protocol: string = NULL_SECURITY_PROTOCOL
  private readonly hello: Uint8Array

  constructor(self: PeerId) {
    this.hello = lengthPrefixed(peerIdToBytes(self))
  }

  secureOutbound(connection: MessageStream, options?: SecureConnectionOptions): Promise<SecuredConnection> {
    return this.secure(connection, options)
  }

  secureInbound(connection: MessageStream, options?: SecureConnectionOptions): Promise<SecuredConnection> {
    return this.secure(connection, options)
  }

  private async secure(
    connection: MessageStream,
    { remotePeer: expected, signal }: SecureConnectionOptions = {}
  ): Promise<SecuredConnection> {
    try {
      const remotePeer = await runDialogue(connection, introduce(this.hello), { signal })
      if (expected === undefined || expected.equals(remotePeer)) return { connection, remotePeer }
      throw new UnexpectedPeerError(`${remotePeer} is at the far side, ${expected} was expected`)
    } catch (err) {
      connection.abort(toError(err))
      throw err
    }
  }
}

function* introduce(hello: Uint8Array): Dialogue<PeerId> {
  yield { send: hello }
  return peerIdFromBytes(yield { takePrefixed: MAX_NULL_SECURITY_BYTES })
}
