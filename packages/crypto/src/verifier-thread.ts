import type { PublicKey } from '@ts-libp2p/interface'

/** A signature to be checked. */
export interface SignatureCheck {
  readonly key: PublicKey
  /** What was signed, in pieces that follow each other. */
  readonly data: readonly Uint8Array[]
  readonly signature: Uint8Array
}

/** Somebody's use of the thread that checks signatures. */
export interface VerifierThread {
  /**
   * Hands a check over. Nothing of it is needed after the call, and `answer` is called later, together with the answers to
   * others and in the order of the calls. False: make it here, which is better while there is little to do; or as much as
   * may wait waits already, the key is not an Ed25519 key, there is no such thread.
   */
  take(check: SignatureCheck, answer: (isValid: boolean) => void): boolean
  /** Answers that are still to come are not given. The thread ends with its last use. */
  close(): Promise<void>
}
