import { fromHex } from '@ts-libp2p/bytes'

/** Every y of a point whose order divides 8, in each spelling below 2^255. */
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'
].map(fromHex)

/**
 * A public key of small order, with which a signature can be made to hold for many messages, or one whose y is not
 * below the prime 2^255 - 19, which is a second spelling of a point. No honest key is either, and libraries differ on
 * whether they accept signatures of them.
 */
export function isWeakPoint(publicKey: Uint8Array): boolean {
  return isNotReduced(publicKey) || SMALL_ORDER.some(y => hasY(publicKey, y))
}

/** The highest bit is the sign of x. */
function hasY(publicKey: Uint8Array, y: Uint8Array): boolean {
  return publicKey.every((byte, i) => (i === 31 ? byte & 0x7f : byte) === y[i])
}

function isNotReduced(publicKey: Uint8Array): boolean {
  const [lowest = 0] = publicKey
  return (
    lowest >= 0xed &&
    publicKey.every((byte, i) => i === 0 || (i === 31 ? byte & 0x7f : byte) === (i === 31 ? 0x7f : 0xff))
  )
}
