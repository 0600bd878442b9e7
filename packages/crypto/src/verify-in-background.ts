import type { PublicKey } from '@ts-libp2p/interface'
import type { Data } from './data.ts'

/**
 * Whether `signature` over `data` is right, found out on another thread where the platform has some to spare: 100 µs of
 * Ed25519 then cost this thread 25 µs. Neither array may change until then. Answers may come in another order than they
 * were asked for. A key of another make is asked on this thread.
 */
export function verifyInBackground(key: PublicKey, data: Data, signature: Uint8Array): Promise<boolean> {
  const { verifyInBackground: inBackground } = key as Partial<Record<'verifyInBackground', typeof key.verify>>
  const verify = inBackground ?? key.verify
  return Promise.resolve(verify.call(key, data as Uint8Array, signature))
}
