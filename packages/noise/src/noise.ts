import { type X25519KeyPair, x25519KeyPair, x25519KeyPairFromPrivate } from '@ts-libp2p/crypto'
import {
  type ConnectionEncrypter,
  type MessageStream,
  type PrivateKey,
  type Random,
  type SecureConnectionOptions,
  type SecuredConnection,
  type StreamMuxerFactory,
  serviceCapabilities
} from '@ts-libp2p/interface'
import { type Dialogue, type LayerChannel, optional, runDialogue, toError } from '@ts-libp2p/stream'
import { noiseChannel } from './channel.ts'
import {
  type Credentials,
  createCredentials,
  type HandshakeOptions,
  type HandshakeResult,
  initiatorUpToMessage3,
  responder
} from './dialogue.ts'
import { EphemeralKeys } from './ephemeral-keys.ts'
import { chooseMuxer } from './muxers.ts'
import type { NoiseExtensions } from './payload.ts'
import { VerifiedProofs } from './verified-proofs.ts'

export const NOISE_PROTOCOL = '/noise'

export interface NoiseOptions {
  /** Our X25519 private key, 32 bytes. Default: a fresh one for each node, signed once. */
  staticKey?: Uint8Array
  /** What both sides must agree on without sending it. Default empty; transports that set one do so per connection. */
  prologue?: Uint8Array
  /** Sent along with our proof of identity. Default none. `streamMuxers` is the node's own list. */
  extensions?: Pick<Partial<NoiseExtensions>, 'webtransportCerthashes'>
}

/** What `noise` needs of a node. */
export interface NoiseComponents {
  privateKey: PrivateKey
  /** Says which muxers there are, by preference. Absent: the muxer is never chosen in the handshake. */
  upgrader?: { getStreamMuxers(): Map<string, StreamMuxerFactory> }
  /** Where keys come from. Default: the system. */
  random?: Random
}

export interface NoiseConnectionOptions extends SecureConnectionOptions {
  /** Replaces the one of `NoiseOptions` for this connection. */
  prologue?: Uint8Array
}

/**
 * The Noise channel of a node.
 *
 * @example
 * const encrypter = noise()({ privateKey })
 */
export function noise(options: NoiseOptions = {}): (components: NoiseComponents) => Noise {
  return components => new Noise(components, options)
}

/** What others may ask for; the second name is the one that WebTransport of js-libp2p looks for. */
const CAPABILITIES = ['@libp2p/connection-encryption', '@chainsafe/libp2p-noise']

type Muxers = Map<string, StreamMuxerFactory>

/** `ConnectionEncrypter` for `/noise`. A handshake that fails aborts the raw connection: nothing can follow on it. */
export class Noise implements ConnectionEncrypter<NoiseExtensions> {
  readonly protocol: string = NOISE_PROTOCOL
  readonly [Symbol.toStringTag]: string = '@ts-libp2p/noise'
  private readonly components: NoiseComponents
  private readonly options: NoiseOptions
  private readonly credentials: Credentials | Promise<Credentials>
  private readonly ephemeralKeys: EphemeralKeys
  private readonly verifiedProofs = new VerifiedProofs()

  constructor(components: NoiseComponents, options: NoiseOptions = {}) {
    this.components = components
    this.options = options
    const random = optional(components, 'random')
    this.ephemeralKeys = new EphemeralKeys(random)
    Object.assign(this, { [serviceCapabilities]: CAPABILITIES })
    const staticKey = options.staticKey ? x25519KeyPairFromPrivate(options.staticKey) : x25519KeyPair(random)
    this.credentials = credentialsOf(components.privateKey, staticKey)
  }

  /**
   * Dials. Message 1 is queued before this returns its promise, and leaves with whatever was queued just before.
   *
   * Rejects with a `NoiseError`, an `UnexpectedPeerError` when somebody else than `remotePeer` answers (who does not
   * learn who we are), a `ConnectionClosedError`, or `signal.reason`.
   */
  async secureOutbound(
    raw: MessageStream,
    options: NoiseConnectionOptions = {}
  ): Promise<SecuredConnection<NoiseExtensions>> {
    const muxers = this.muxersFor(options)
    const handshake = initiatorUpToMessage3(this.handshakeOptions(options, muxers))
    return secure(raw, options, function* () {
      const { message3, ...result } = yield* handshake
      const muxer = chooseMuxer([...muxers.keys()], result.remoteExtensions.streamMuxers)
      return secured(noiseChannel(raw, result, message3), result, muxers, muxer)
    })
  }

  /** Listens. Rejects as `secureOutbound` does. */
  async secureInbound(
    raw: MessageStream,
    options: NoiseConnectionOptions = {}
  ): Promise<SecuredConnection<NoiseExtensions>> {
    const muxers = this.muxersFor(options)
    const handshake = responder(this.handshakeOptions(options, muxers))
    return secure(raw, options, function* () {
      const result = yield* handshake
      const muxer = chooseMuxer(result.remoteExtensions.streamMuxers, [...muxers.keys()])
      return secured(noiseChannel(raw, result), result, muxers, muxer)
    })
  }

  private muxersFor({ skipStreamMuxerNegotiation = false }: NoiseConnectionOptions): Muxers {
    return (skipStreamMuxerNegotiation ? undefined : this.components.upgrader?.getStreamMuxers()) ?? new Map()
  }

  private handshakeOptions(options: NoiseConnectionOptions, muxers: Muxers): HandshakeOptions {
    return {
      credentials: this.credentials,
      expected: options.remotePeer,
      prologue: options.prologue ?? this.options.prologue,
      extensions: { ...this.options.extensions, streamMuxers: [...muxers.keys()] },
      ephemeralKey: this.ephemeralKeys.take(),
      verifiedProofs: this.verifiedProofs
    }
  }
}

function credentialsOf(
  privateKey: PrivateKey,
  staticKey: X25519KeyPair | Promise<X25519KeyPair>
): Credentials | Promise<Credentials> {
  if (!(staticKey instanceof Promise)) return createCredentials(privateKey, staticKey)
  const made = staticKey.then(key => createCredentials(privateKey, key))
  // Every handshake meets the failure; before the first, nobody is there to handle it.
  made.catch(() => {})
  return made
}

/** Plays the handshake. The channel stands in line for the connection's bytes before the handshake lets go of them. */
async function secure<Result>(
  raw: MessageStream,
  options: NoiseConnectionOptions,
  handshake: () => Dialogue<Result>
): Promise<Result> {
  try {
    return await runDialogue(raw, handshake(), options)
  } catch (err) {
    raw.abort(toError(err))
    throw err
  }
}

function secured(
  channel: LayerChannel,
  { remotePeer, remoteExtensions }: HandshakeResult,
  muxers: Muxers,
  muxer: string | undefined
): SecuredConnection<NoiseExtensions> {
  const streamMuxer = muxer === undefined ? undefined : muxers.get(muxer)
  return { connection: channel.stream, remotePeer, remoteExtensions, streamMuxer }
}
