import type { Uint8ArrayList } from 'uint8arraylist'
import type { PublicKey } from './keys.ts'

/** Something that can be signed in an envelope. */
export interface Record {
  domain: string
  codec: Uint8Array
  marshal(): Uint8Array
  equals(other: Record): boolean
}

/** A payload with the key that signed it. */
export interface Envelope {
  publicKey: PublicKey
  payloadType: Uint8Array | Uint8ArrayList
  payload: Uint8Array
  signature: Uint8Array | Uint8ArrayList
  marshal(): Uint8Array
  validate(domain: string): Promise<boolean>
  equals(other?: Envelope): boolean
}
