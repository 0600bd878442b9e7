import {
  type ConnectionEncrypter,
  type MessageStream,
  type PublicKey,
  type SecureConnectionOptions,
  type SecuredConnection,
  serviceCapabilities
} from '@ts-libp2p/interface'
import { runDialogue, toError } from '@ts-libp2p/stream'
import { exchange } from './exchange.ts'

export const PLAINTEXT_PROTOCOL = '/plaintext/2.0.0'

/** What `plaintext` needs of a node. */
export interface PlaintextComponents {
  privateKey: { publicKey: PublicKey }
}

/**
 * No encryption and no proof of identity: anybody can claim to be anybody. For tests and for reading a trace.
 *
 * @example
 * const encrypter = plaintext()({ privateKey })
 */
export function plaintext(): (components: PlaintextComponents) => Plaintext {
  return components => new Plaintext(components)
}

/** `ConnectionEncrypter` for `/plaintext/2.0.0`. What it returns is the raw connection itself. */
export class Plaintext implements ConnectionEncrypter {
  readonly protocol: string = PLAINTEXT_PROTOCOL
  readonly [Symbol.toStringTag]: string = '@ts-libp2p/plaintext'
  private readonly publicKey: PublicKey

  constructor({ privateKey }: PlaintextComponents) {
    this.publicKey = privateKey.publicKey
    Object.assign(this, { [serviceCapabilities]: ['@libp2p/connection-encryption'] })
  }

  /**
   * Rejects with a `PlaintextError`, an `UnexpectedPeerError`, a `ConnectionClosedError` or `signal.reason`, and aborts
   * the connection.
   */
  secureOutbound(connection: MessageStream, options?: SecureConnectionOptions): Promise<SecuredConnection> {
    return this.secure(connection, options)
  }

  /** The same as `secureOutbound`: the two sides do not differ. */
  secureInbound(connection: MessageStream, options?: SecureConnectionOptions): Promise<SecuredConnection> {
    return this.secure(connection, options)
  }

  private async secure(
    connection: MessageStream,
    { remotePeer, signal }: SecureConnectionOptions = {}
  ): Promise<SecuredConnection> {
    try {
      const dialogue = exchange(this.publicKey, remotePeer)
      return { connection, remotePeer: await runDialogue(connection, dialogue, { signal }) }
    } catch (err) {
      connection.abort(toError(err))
      throw err
    }
  }
}
