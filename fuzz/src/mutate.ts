import { concat } from '@ts-libp2p/bytes'
import type { SeededRandom } from '@ts-libp2p/testing'

/** Bytes at the edges of number formats and of text. */
const EDGES = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x2f, 0x30, 0xfe, 0x10, 0x40] as const
/** Lengths and numbers at the edges, as varints, big-endian or little-endian. */
const NUMBERS = [
  [0xff, 0xff, 0xff, 0xff],
  [0x7f, 0xff, 0xff, 0xff],
  [0x80, 0x00, 0x00, 0x00],
  [0x00, 0x04, 0x00, 0x01],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x00],
  [0x80, 0x80, 0x04]
].map(bytes => Uint8Array.from(bytes))

type Mutator = (input: Uint8Array, random: SeededRandom, other: () => Uint8Array) => Uint8Array

const flipBit: Mutator = (input, random) => changed(input, random, byte => byte ^ (1 << random.int(8)))
const setByte: Mutator = (input, random) => changed(input, random, () => random.int(256))
const setEdge: Mutator = (input, random) => changed(input, random, () => random.pick(EDGES))
const addSmall: Mutator = (input, random) => changed(input, random, byte => byte + random.int(9) - 4)
const truncate: Mutator = (input, random) => input.subarray(0, random.int(input.byteLength + 1))
const dropHead: Mutator = (input, random) => input.subarray(random.int(input.byteLength + 1))

const drop: Mutator = (input, random) => {
  const [from, to] = range(input, random)
  return concat([input.subarray(0, from), input.subarray(to)])
}

const repeat: Mutator = (input, random) => {
  const [from, to] = range(input, random)
  const times = random.chance(0.05) ? 50 : 1 + random.int(3)
  const part = input.subarray(from, to)
  return concat([input.subarray(0, to), ...Array.from({ length: times }, () => part), input.subarray(to)])
}

const insertRandom: Mutator = (input, random) => insert(input, random, random.bytes(1 + random.int(16)))
const insertNumber: Mutator = (input, random) => insert(input, random, random.pick(NUMBERS))

const overwriteNumber: Mutator = (input, random) => {
  const number = random.pick(NUMBERS)
  const at = random.int(input.byteLength + 1)
  return concat([input.subarray(0, at), number, input.subarray(at + number.byteLength)])
}

const splice: Mutator = (input, random, other) => {
  const second = other()
  return concat([
    input.subarray(0, random.int(input.byteLength + 1)),
    second.subarray(random.int(second.byteLength + 1))
  ])
}

const graft: Mutator = (input, random, other) => {
  const second = other()
  const [from, to] = range(second, random)
  return insert(input, random, second.subarray(from, to))
}

const MUTATORS: readonly Mutator[] = [
  ...[flipBit, flipBit, setByte, setEdge, addSmall, truncate, dropHead, drop, repeat],
  ...[insertRandom, insertNumber, overwriteNumber, splice, graft]
]

/** Another input made of one or two that are there: a few changes, mostly one or two. */
export function mutate(corpus: readonly Uint8Array[], random: SeededRandom, maxBytes: number): Uint8Array {
  if (corpus.length === 0 || random.chance(0.02)) return random.bytes(random.int(Math.min(maxBytes, 300)))
  const other = (): Uint8Array => random.pick(corpus)
  let input = other()
  for (let left = 1 + random.int(2 ** random.int(4)); left > 0; left--) {
    input = random.pick(MUTATORS)(input, random, other)
  }
  return input.subarray(0, maxBytes)
}

function changed(input: Uint8Array, random: SeededRandom, change: (byte: number) => number): Uint8Array {
  if (input.byteLength === 0) return Uint8Array.of(random.int(256))
  const out = new Uint8Array(input)
  const at = random.int(out.byteLength)
  out[at] = change(out[at] as number)
  return out
}

function insert(input: Uint8Array, random: SeededRandom, bytes: Uint8Array): Uint8Array {
  const at = random.int(input.byteLength + 1)
  return concat([input.subarray(0, at), bytes, input.subarray(at)])
}

function range(input: Uint8Array, random: SeededRandom): [from: number, to: number] {
  const from = random.int(input.byteLength + 1)
  return [from, Math.min(input.byteLength, from + random.int(1 + 2 ** random.int(9)))]
}
