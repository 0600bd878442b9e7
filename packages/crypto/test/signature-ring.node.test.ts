import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ed25519FromSeed } from '../src/index.ts'
import { ANSWERED, CONTROL_WORDS, HANDED_OVER, type RingLayout, SignatureRing } from '../src/signature-ring.node.ts'
import type { SignatureCheck } from '../src/verifier-thread.ts'

const SLOTS = 8
const SIZE = 1000
const key = ed25519FromSeed(new Uint8Array(32).fill(1)).publicKey

/** The other side, answering when it is told to: right, where the first byte of the data is even. */
class Answering {
  private readonly control: Int32Array
  private readonly places: Int32Array
  private readonly verdicts: Uint8Array
  private readonly bytes: Uint8Array
  private readonly slots: number

  constructor({ memory, slots }: RingLayout) {
    const words = CONTROL_WORDS + 2 * slots
    this.control = new Int32Array(memory)
    this.places = new Int32Array(memory, 4 * CONTROL_WORDS, 2 * slots)
    this.verdicts = new Uint8Array(memory, 4 * words, slots)
    this.bytes = new Uint8Array(memory, 4 * words + slots)
    this.slots = slots
  }

  get waiting(): number {
    return (this.control[HANDED_OVER]! - this.control[ANSWERED]!) | 0
  }

  /** Returns what it read. */
  answer(): Uint8Array {
    const slot = this.control[ANSWERED]! & (this.slots - 1)
    const check = this.bytes.slice(this.places[2 * slot], this.places[2 * slot + 1])
    this.verdicts[slot] = check[96]! % 2 === 0 ? 1 : 0
    this.control[ANSWERED] = (this.control[ANSWERED]! + 1) | 0
    return check
  }
}

function check(number: number, length: number): SignatureCheck {
  const data = new Uint8Array(length).fill(number)
  return {
    key,
    data: [data.subarray(0, length / 2), data.subarray(length / 2)],
    signature: new Uint8Array(64).fill(number)
  }
}

const joined = ({ data, signature }: SignatureCheck): number[] => [
  ...key.raw,
  ...signature,
  ...data.flatMap(d => [...d])
]

describe('the ring of signatures to be checked', () => {
  it('keeps every byte until it is answered, and the order, with as many as it has room for', () => {
    const step = fc.oneof(
      fc.record({ type: fc.constant('push' as const), length: fc.integer({ min: 1, max: SIZE }) }),
      fc.constantFrom({ type: 'answer' as const }, { type: 'take' as const })
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), steps => {
        const ring = new SignatureRing(SLOTS, SIZE)
        const other = new Answering(ring.layout)
        const unread: SignatureCheck[] = []
        const untaken: [number, boolean][] = []
        for (const [i, one] of steps.entries()) {
          if (one.type === 'push') {
            const pushed = check(i % 256, one.length)
            const slot = ring.push(pushed)
            const isRoomFor = untaken.length < SLOTS && one.length + 96 <= SIZE
            if (!isRoomFor) expect(slot).toBe(-1)
            if (untaken.length === 0) expect(slot >= 0).toBe(isRoomFor)
            if (slot < 0) continue
            unread.push(pushed)
            untaken.push([slot, i % 2 === 0])
          } else if (one.type === 'answer' && other.waiting > 0) {
            expect([...other.answer()]).toEqual(joined(unread.shift()!))
          } else if (one.type === 'take') {
            const answered = untaken.splice(0, untaken.length - other.waiting)
            const taken: [number, boolean][] = []
            ring.takeAnswers((...args) => taken.push(args))
            expect(taken).toEqual(answered)
          }
          expect([ring.length, other.waiting]).toEqual([untaken.length, unread.length])
        }
      })
    )
  })

  it('goes on when its counters have no more room', () => {
    const ring = new SignatureRing(SLOTS, SIZE)
    const last = 2 ** 31 - 3
    Object.assign(ring, { handedOver: last, taken: last })
    new Int32Array(ring.layout.memory).fill(last, 0, 2)
    const other = new Answering(ring.layout)
    for (let i = 0; i < 3 * SLOTS; i++) {
      expect(ring.push(check(i, 10))).toBeGreaterThanOrEqual(0)
      expect(other.waiting).toBe(1)
      expect([...other.answer()]).toEqual(joined(check(i, 10)))
      const answers: boolean[] = []
      ring.takeAnswers((_, isValid) => answers.push(isValid))
      expect([answers, ring.length]).toEqual([[i % 2 === 0], 0])
    }
  })

  it('gives back what is not answered, as it came', () => {
    const ring = new SignatureRing(SLOTS, SIZE)
    const other = new Answering(ring.layout)
    const checks = [1, 2, 3, 4].map(number => check(number, 100))
    for (const one of checks) ring.push(one)
    other.answer()
    ring.takeAnswers(() => {})
    const back: number[][] = []
    ring.takeBack((_, data, signature) => back.push([...key.raw, ...signature, ...data]))
    expect(back).toEqual(checks.slice(1).map(joined))
    expect(ring.length).toBe(0)
  })
})
