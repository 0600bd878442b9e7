import { createCipher as browserCipher } from '../src/aead.browser.ts'
import { createCipher as nodeCipher } from '../src/aead.node.ts'
import type { Aead } from '../src/aead.ts'
import { report } from './measure.ts'

/** Microseconds per message, sealing and opening, for both backends: `node --conditions=@ts-libp2p/source bench/aead.ts` */
const SIZES = [0, 12, 32, 64, 128, 256, 257, 512, 1024, 4096, 16_384, 65_519]
const prefix = new Uint8Array(2)

const seal = (aead: Aead, chunks: Uint8Array[], length: number) => () => {
  aead.sealChunks(7, chunks, length, undefined, [], prefix)
}

for (const size of SIZES) {
  const text = new Uint8Array(size)
  const split = [text.subarray(0, 12), text.subarray(12)]
  for (const [name, create] of [
    ['node', nodeCipher],
    ['browser', browserCipher]
  ] as const) {
    const aead = create(new Uint8Array(32).fill(9))
    const sealed = aead.seal(7, text)
    report(`${name} seal ${size}`, seal(aead, [text], size))
    report(`${name} seal 2 chunks ${size}`, seal(aead, split, size))
    report(`${name} open ${size}`, () => aead.open(7, sealed))
  }
}
