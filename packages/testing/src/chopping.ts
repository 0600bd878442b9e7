import type { SeededRandom } from './seeded-random.ts'
import type { WireOptions } from './wire.ts'

/** Every byte arrives on its own. */
export function oneByte(): number {
  return 1
}

/** Pieces of random length, crumbs and large ones. */
export function chopped(random: SeededRandom): () => number {
  return () => 1 + random.int(2 ** random.int(17))
}

/** Ways of a wire that no layer above may notice: the name, and fresh options for `connectionPair`. */
export function wireVariants(random: SeededRandom): [name: string, options: () => WireOptions][] {
  return [
    ['bytes as sent', () => ({})],
    ['one byte at a time', () => ({ chop: oneByte })],
    ['pieces of random length', () => ({ chop: chopped(random) })],
    ['lent buffers', () => ({ lendsBuffers: true })],
    ['lent buffers in pieces of random length', () => ({ lendsBuffers: true, chop: chopped(random) })]
  ]
}
