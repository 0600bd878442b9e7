import { type X25519KeyPair, x25519KeyPair } from '@ts-libp2p/crypto'
import type { Random } from '@ts-libp2p/interface'
import { defer } from '@ts-libp2p/stream'

/**
 * The keys of single handshakes. The next one is made while the present handshake waits for its remote, so that none
 * but the first waits for its key: 40 µs and more, by the platform. Each is handed out once.
 */
export class EphemeralKeys {
  private readonly random: Random | undefined
  private spare: X25519KeyPair | Promise<X25519KeyPair> | undefined
  private isDue = false

  constructor(random?: Random) {
    this.random = random
  }

  /** A promise where the platform makes keys behind one. */
  take(): X25519KeyPair | Promise<X25519KeyPair> {
    const key = this.spare ?? this.make()
    this.spare = undefined
    if (!this.isDue) {
      this.isDue = true
      // The first turn sends the message that the key is for.
      defer(() => defer(() => this.refill()))
    }
    return key
  }

  private refill(): void {
    this.isDue = false
    this.spare ??= this.make()
    // Who takes it meets the failure.
    if (this.spare instanceof Promise) this.spare.catch(() => {})
  }

  private make(): X25519KeyPair | Promise<X25519KeyPair> {
    return x25519KeyPair(this.random)
  }
}
