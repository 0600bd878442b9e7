import { Cursor } from '@ts-libp2p/bytes'
import { CryptoError } from './errors.ts'

/** The tags that keys are made of (X.690). `PARAMETERS` and `PUBLIC` are the context tags of SEC1's ECPrivateKey. */
export const TAG = {
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OID: 0x06,
  SEQUENCE: 0x30,
  PARAMETERS: 0xa0,
  PUBLIC: 0xa1
} as const

/**
 * Reads DER strictly: definite, shortest lengths, shortest integers, no bytes left over. One key has one spelling,
 * so that it has one peer id. Throws a `CryptoError` (`invalid-key`), or a `BytesError` where the input ends early.
 */
export class DerReader {
  private readonly cursor: Cursor

  constructor(bytes: Uint8Array) {
    this.cursor = new Cursor(bytes)
  }

  get isAtEnd(): boolean {
    return this.cursor.remaining === 0
  }

  /** The content of the next element, which must have this tag. */
  element(tag: number): Uint8Array {
    const found = this.cursor.u8()
    if (found !== tag) throw malformed(`tag 0x${found.toString(16)} where 0x${tag.toString(16)} belongs`)
    return this.cursor.take(this.length())
  }

  nested(tag: number = TAG.SEQUENCE): DerReader {
    return new DerReader(this.element(tag))
  }

  /** A non-negative integer, big-endian, without leading zeros. */
  unsigned(): Uint8Array {
    const bytes = this.element(TAG.INTEGER)
    const [first = 0x80, second = 0] = bytes
    if (first >= 0x80) throw malformed('an empty or negative integer')
    if (first === 0 && bytes.byteLength > 1 && second < 0x80) throw malformed('an integer with leading zeros')
    return first === 0 ? bytes.subarray(1) : bytes
  }

  /** A bit string of whole bytes. */
  bits(): Uint8Array {
    const bytes = this.element(TAG.BIT_STRING)
    if (bytes[0] !== 0) throw malformed('a bit string that is no whole bytes')
    return bytes.subarray(1)
  }

  end(): void {
    if (!this.isAtEnd) throw malformed(`${this.cursor.remaining} bytes too many`)
  }

  private length(): number {
    const first = this.cursor.u8()
    if (first < 0x80) return first
    const size = first & 0x7f
    if (size === 0 || size > 2) throw malformed('an indefinite or oversized length')
    const length = size === 1 ? this.cursor.u8() : this.cursor.u16()
    if (length < (size === 1 ? 0x80 : 0x100)) throw malformed('a length that is longer than need be')
    return length
  }
}

function malformed(what: string): CryptoError {
  return new CryptoError('invalid-key', `malformed DER: ${what}`)
}
