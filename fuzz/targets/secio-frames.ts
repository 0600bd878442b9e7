import { concat } from '@ts-libp2p/bytes'
import { randomChunks } from '@ts-libp2p/testing'
import { FrameReader } from '../../packages/secio/src/frame-reader.ts'
import { must, type Target } from '../src/target.ts'

const frame = (length: number): Uint8Array =>
  concat([Uint8Array.of(0, 0, length >>> 8, length), new Uint8Array(length)])

/** Messages with four bytes of length before them. */
export const target: Target = {
  name: 'secio-frames',
  seeds: () => [frame(0), frame(32), concat([frame(100), frame(1), frame(2000)])],
  run(input, random) {
    const reader = new FrameReader()
    let read = 0
    for (const chunk of randomChunks(input, random)) {
      reader.push(chunk)
      for (let next = reader.next(); next !== undefined; next = reader.next()) read += 4 + next.byteLength
    }
    must(read <= input.byteLength, 'it reads more than there is')
  }
}
