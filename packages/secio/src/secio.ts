import { systemRandom } from '@ts-libp2p/crypto'
import {
  type ComponentLogger,
  type ConnectionEncrypter,
  InvalidParametersError,
  type MessageStream,
  type PrivateKey,
  type Random,
  type SecureConnectionOptions,
  type SecuredConnection,
  serviceCapabilities
} from '@ts-libp2p/interface'
import { type Dialogue, optional, runDialogue, toError } from '@ts-libp2p/stream'
import { ALL, type Preferences } from './algorithms.ts'
import { secioChannel } from './channel.ts'
import { handshake } from './dialogue.ts'
import { NONCE_BYTES } from './limits.ts'

export const SECIO_PROTOCOL = '/secio/1.0.0'

/** Lists by preference. Default: all that there is; each must name at least one. */
export type SecioOptions = Partial<Preferences>

/** What `secio` needs of a node. */
export interface SecioComponents {
  privateKey: PrivateKey
  /** Told, once, that this is deprecated. */
  logger?: ComponentLogger
  /** Where nonces come from. Default: the system. */
  random?: Random
}

/**
 * The secio channel of a node: deprecated, and only for peers that have nothing else. No preset has it.
 *
 * @example
 * const encrypter = secio()({ privateKey })
 */
export function secio(options: SecioOptions = {}): (components: SecioComponents) => Secio {
  return components => new Secio(components, options)
}

/** `ConnectionEncrypter` for `/secio/1.0.0`. A handshake that fails aborts the raw connection: nothing can follow on it. */
export class Secio implements ConnectionEncrypter {
  readonly protocol: string = SECIO_PROTOCOL
  readonly [Symbol.toStringTag]: string = '@ts-libp2p/secio'
  private readonly privateKey: PrivateKey
  private readonly random: Random
  private readonly preferences: Preferences

  constructor(components: SecioComponents, options: SecioOptions = {}) {
    this.privateKey = components.privateKey
    this.random = optional(components, 'random') ?? systemRandom
    this.preferences = checked({ ...ALL, ...options })
    Object.assign(this, { [serviceCapabilities]: ['@libp2p/connection-encryption'] })
    components.logger?.forComponent('libp2p:secio').error(WARNING)
  }

  /**
   * Rejects with a `SecioError`, an `UnexpectedPeerError` when somebody else than `remotePeer` is there, a
   * `ConnectionClosedError` or `signal.reason`.
   */
  secureOutbound(raw: MessageStream, options?: SecureConnectionOptions): Promise<SecuredConnection> {
    return this.secure(raw, options)
  }

  /** The same as `secureOutbound`: the two sides do not differ. */
  secureInbound(raw: MessageStream, options?: SecureConnectionOptions): Promise<SecuredConnection> {
    return this.secure(raw, options)
  }

  private async secure(
    raw: MessageStream,
    { remotePeer: expected, signal }: SecureConnectionOptions = {}
  ): Promise<SecuredConnection> {
    try {
      return await runDialogue(raw, this.dialogue(raw, expected), { signal })
    } catch (err) {
      raw.abort(toError(err))
      throw err
    }
  }

  /** The channel stands in line for the connection's bytes before the handshake lets go of them. */
  private *dialogue(raw: MessageStream, expected: SecureConnectionOptions['remotePeer']): Dialogue<SecuredConnection> {
    const { privateKey, preferences } = this
    const nonce = this.random.bytes(NONCE_BYTES)
    const { remotePeer, ...boxes } = yield* handshake({ privateKey, nonce, expected, preferences })
    return { connection: secioChannel(raw, boxes).stream, remotePeer }
  }
}

const WARNING =
  'secio is deprecated: it hides neither who talks to whom nor what they can do, and takes three round trips. Use noise.'

function checked(preferences: Preferences): Preferences {
  for (const [list, known] of Object.entries(ALL) as [keyof Preferences, readonly string[]][]) {
    const names: readonly string[] = preferences[list]
    const unknown = names.find(name => !known.includes(name))
    if (unknown === undefined && names.length > 0) continue
    throw new InvalidParametersError(
      `\`${list}\` of secio must be some of ${known.join(', ')}, not ${names.join(', ')}`
    )
  }
  return preferences
}
