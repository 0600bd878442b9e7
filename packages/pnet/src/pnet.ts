import { systemRandom } from '@ts-libp2p/crypto'
import type {
  AbortOptions,
  ComponentLogger,
  ConnectionProtector,
  Logger,
  MessageStream,
  Random
} from '@ts-libp2p/interface'
import { optional } from '@ts-libp2p/stream'
import { MULTISTREAM_START, pnetChannel } from './channel.ts'
import { checkKey, parseKey } from './key-file.ts'
import { PSK_BYTES } from './limits.ts'

export interface PnetOptions {
  /** The key that all nodes of the network share: its 32 bytes, or a `swarm.key` file as text or bytes. */
  psk: Uint8Array | string
  /**
   * What every remote begins with, by which a wrong key shows at once. Default: the multistream-select header, with
   * which every libp2p connection begins. Empty: nothing is checked, and a wrong key is noise to whatever runs above.
   */
  remoteStart?: Uint8Array
}

/** What `pnet` needs of a node. */
export interface PnetComponents {
  /** Default: the log of each connection. */
  logger?: ComponentLogger
  /** Where nonces come from. Default: the system. */
  random?: Random
}

/**
 * A private network: only nodes with the same key understand each other.
 *
 * Throws a `PnetError` (`malformed-key-file`, `invalid-key`) when the key is none.
 *
 * @example
 * createLibp2p({ connectionProtector: pnet({ psk: await readFile('swarm.key') }) })
 */
export function pnet(options: PnetOptions): (components?: PnetComponents) => Pnet {
  const psk = keyOf(options.psk)
  return (components = {}) => new Pnet(psk, components, options.remoteStart ?? MULTISTREAM_START)
}

/** `ConnectionProtector` with a pre-shared key. Costs no round trip: our first bytes leave along with the nonce. */
export class Pnet implements ConnectionProtector {
  readonly [Symbol.toStringTag]: string = '@ts-libp2p/pnet'
  readonly #psk: Uint8Array
  readonly #random: Random
  readonly #log: Logger | undefined
  readonly #remoteStart: Uint8Array

  constructor(psk: Uint8Array, components: PnetComponents, remoteStart: Uint8Array) {
    this.#psk = psk
    this.#log = components.logger?.forComponent('libp2p:pnet')
    this.#random = optional(components, 'random') ?? systemRandom
    this.#remoteStart = remoteStart
  }

  /**
   * Encrypts everything from here on. Resolves at once: that the remote has another key shows when its first bytes
   * arrive, as a `PnetError` (`wrong-key`) that resets the stream. Rejects only with `signal.reason`.
   */
  async protect(raw: MessageStream, options: AbortOptions = {}): Promise<MessageStream> {
    options.signal?.throwIfAborted()
    const init = { psk: this.#psk, random: this.#random, remoteStart: this.#remoteStart, log: this.#log }
    return pnetChannel(raw, init).stream
  }
}

/** What a key file begins with. */
const SLASH = 0x2f

function keyOf(psk: Uint8Array | string): Uint8Array {
  if (typeof psk === 'string') return parseKey(psk)
  return psk.byteLength !== PSK_BYTES && psk[0] === SLASH ? parseKey(psk) : new Uint8Array(checkKey(psk))
}
