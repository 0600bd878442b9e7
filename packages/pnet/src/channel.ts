import { fromUtf8 } from '@ts-libp2p/bytes'
import type { Logger, MessageStream, Random } from '@ts-libp2p/interface'
import { type ByteStream, type Layer, LayerChannel } from '@ts-libp2p/stream'
import { PnetError } from './errors.ts'
import { Keystream } from './keystream.ts'
import { MAX_SEAL_BYTES, NONCE_BYTES } from './limits.ts'

/** The first bytes of both ends of every libp2p connection. */
export const MULTISTREAM_START: Uint8Array = fromUtf8('\x13/multistream/1.0.0\n')

export interface PnetChannelInit {
  psk: Uint8Array
  random: Random
  /** What the remote's plaintext must begin with. Empty checks nothing. */
  remoteStart: Uint8Array
  /** Default: the connection's. */
  log?: Logger
}

/** Encrypts what the protected stream sends and decrypts what the raw connection receives. */
export function pnetChannel(raw: MessageStream, init: PnetChannelInit): LayerChannel {
  const channel = new LayerChannel(raw, { layer: stream => new PnetLayer(stream, init), log: init.log })
  // By then whoever awaits the stream has had the chance to send along with the nonce.
  queueMicrotask(() => channel.queued())
  return channel
}

/** The first 24 bytes of each direction are its nonce; ours leaves with the first bytes from above. */
class PnetLayer implements Layer {
  readonly borrows = true
  private readonly stream: ByteStream
  private readonly psk: Uint8Array
  private readonly outgoing: Keystream
  private incoming: Keystream | undefined
  private readonly remoteNonce = new Uint8Array(NONCE_BYTES)
  private nonceBytes = 0
  /** What the remote still has to begin with. */
  private awaited: Uint8Array
  private unsent: Uint8Array[]

  constructor(stream: ByteStream, { psk, random, remoteStart }: PnetChannelInit) {
    this.stream = stream
    this.psk = psk
    this.awaited = remoteStart
    const nonce = random.bytes(NONCE_BYTES)
    this.outgoing = new Keystream(psk, nonce)
    this.unsent = [nonce]
  }

  get hasUnsent(): boolean {
    return this.unsent.length > 0
  }

  open(chunk: Uint8Array): void {
    const rest = this.takeNonce(chunk)
    if (rest.byteLength > 0) this.decrypt(rest)
  }

  end(): void {
    if (this.incoming === undefined) throw new PnetError('truncated', 'the remote ended before its nonce did')
  }

  /** What leaves as one: the nonce if it has not left, and the next bytes of the stream. */
  seal(): Uint8Array[] {
    const out = this.unsent
    this.unsent = []
    const chunks: Uint8Array[] = []
    const length = this.stream.pull(chunks, MAX_SEAL_BYTES)
    if (length > 0) out.push(this.outgoing.apply(chunks, length))
    return out
  }

  /** Gathers the remote's nonce. Returns what of the chunk comes after it. */
  private takeNonce(chunk: Uint8Array): Uint8Array {
    if (this.incoming !== undefined) return chunk
    const part = chunk.subarray(0, NONCE_BYTES - this.nonceBytes)
    this.remoteNonce.set(part, this.nonceBytes)
    this.nonceBytes += part.byteLength
    if (this.nonceBytes === NONCE_BYTES) this.incoming = new Keystream(this.psk, this.remoteNonce)
    return chunk.subarray(part.byteLength)
  }

  private decrypt(ciphertext: Uint8Array): void {
    const plaintext = (this.incoming as Keystream).apply([ciphertext], ciphertext.byteLength)
    if (this.awaited.byteLength > 0) this.checkStart(plaintext)
    this.stream.receive(plaintext)
  }

  private checkStart(plaintext: Uint8Array): void {
    const length = Math.min(plaintext.byteLength, this.awaited.byteLength)
    for (let i = 0; i < length; i++) if (plaintext[i] !== this.awaited[i]) throw wrongKey()
    this.awaited = this.awaited.subarray(length)
  }
}

function wrongKey(): PnetError {
  return new PnetError('wrong-key', 'the remote has another pre-shared key, or none: what it sent is noise under ours')
}
