import { bytesEqual, fromHex } from '@ts-libp2p/bytes'
import { CryptoError } from './errors.ts'

export type CurveName = 'P-256' | 'P-384' | 'P-521'

interface Curve {
  readonly oid: Uint8Array
  /** Bytes of a scalar and of a coordinate. */
  readonly size: number
}

/** go-libp2p makes P-256 keys and reads all that Go's standard library knows; so do we. */
export const CURVES: Record<CurveName, Curve> = {
  'P-256': { oid: fromHex('2a8648ce3d030107'), size: 32 },
  'P-384': { oid: fromHex('2b81040022'), size: 48 },
  'P-521': { oid: fromHex('2b81040023'), size: 66 }
}

export function curveOf(oid: Uint8Array): CurveName {
  for (const [name, curve] of Object.entries(CURVES)) if (bytesEqual(curve.oid, oid)) return name as CurveName
  throw new CryptoError('unsupported-key', 'an ECDSA key is on none of the curves P-256, P-384 and P-521')
}
