import { BytesError, bytesEqual, encodeVarint, readVarint } from '@ts-libp2p/bytes'
import { must, type Target } from '../src/target.ts'

/** Unsigned varints: what is read is written back the same. */
export const target: Target = {
  name: 'varint',
  maxBytes: 24,
  seeds: () => [0, 1, 127, 128, 300, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER].map(n => encodeVarint(n)),
  run(input) {
    const read = readVarint(input, 0, input.byteLength)
    if (read === undefined) throw new BytesError('truncated', 'cut off')
    must(read.next <= input.byteLength, 'it reads beyond the end')
    must(bytesEqual(encodeVarint(read.value), input.subarray(0, read.next)), 'one number has two spellings')
  }
}
