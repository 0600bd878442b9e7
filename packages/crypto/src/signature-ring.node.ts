import type { SignatureCheck } from './verifier-thread.ts'

export const KEY_BYTES = 32
export const SIGNATURE_BYTES = 64

/** Words at the beginning of the memory. The first two count checks, and go on at -2^31 behind 2^31 - 1. */
export const HANDED_OVER = 0
export const ANSWERED = 1
/** 1: the side that asks was told that there are answers, and has not looked yet. */
export const TOLD = 2
export const CONTROL_WORDS = 3

/**
 * What both sides have. The memory holds the words above; for each slot two words, where its bytes begin and end; a byte
 * for each slot, 1 where the signature is right; and those bytes: key, signature and data of one check after the other.
 */
export interface RingLayout {
  readonly memory: SharedArrayBuffer
  /** Checks that it holds: a power of two. */
  readonly slots: number
  /** Bytes of them. */
  readonly size: number
}

/**
 * Signature checks on their way to another thread, and the answers on their way back, in memory that both share: bytes
 * are copied once, and what arrives while the other side works takes no message and no system call. This is the side
 * that asks, `verifier-program.node.ts` the one that answers.
 */
export class SignatureRing {
  readonly layout: RingLayout
  private readonly control: Int32Array
  private readonly places: Int32Array
  private readonly verdicts: Uint8Array
  private readonly bytes: Uint8Array
  private handedOver = 0
  private taken = 0
  private end = 0

  constructor(slots: number, size: number) {
    const words = CONTROL_WORDS + 2 * slots
    const memory = new SharedArrayBuffer(4 * words + slots + size)
    this.layout = { memory, slots, size }
    this.control = new Int32Array(memory, 0, CONTROL_WORDS)
    this.places = new Int32Array(memory, 4 * CONTROL_WORDS, 2 * slots)
    this.verdicts = new Uint8Array(memory, 4 * words, slots)
    this.bytes = new Uint8Array(memory, 4 * words + slots, size)
  }

  /** Checks whose answers were not taken yet. */
  get length(): number {
    return (this.handedOver - this.taken) | 0
  }

  /** Returns the slot, or -1 when there is no room. `key` is an Ed25519 key, and the signature is as long as theirs. */
  push({ key, data, signature }: SignatureCheck): number {
    const { bytes, places, control } = this
    let length = KEY_BYTES + SIGNATURE_BYTES
    for (const piece of data) length += piece.byteLength
    const start = this.placeFor(length)
    if (start < 0) return -1
    bytes.set(key.raw, start)
    bytes.set(signature, start + KEY_BYTES)
    this.end = start + KEY_BYTES + SIGNATURE_BYTES
    for (const piece of data) {
      bytes.set(piece, this.end)
      this.end += piece.byteLength
    }
    const slot = this.slotOf(this.handedOver)
    places[2 * slot] = start
    places[2 * slot + 1] = this.end
    this.handedOver = (this.handedOver + 1) | 0
    Atomics.store(control, HANDED_OVER, this.handedOver)
    Atomics.notify(control, HANDED_OVER)
    return slot
  }

  /** Calls `take` for all that were answered, oldest first. */
  takeAnswers(take: (slot: number, isValid: boolean) => void): void {
    // In this order: what is answered after we looked is told again.
    Atomics.store(this.control, TOLD, 0)
    const answered = Atomics.load(this.control, ANSWERED)
    while (this.taken !== answered) {
      const slot = this.slotOf(this.taken)
      const isValid = this.verdicts[slot] === 1
      this.taken = (this.taken + 1) | 0
      take(slot, isValid)
    }
  }

  /** Takes all back that nobody will answer. Copies: the memory may be used again. */
  takeBack(take: (slot: number, data: Uint8Array, signature: Uint8Array) => void): void {
    while (this.length > 0) {
      const slot = this.slotOf(this.taken)
      const check = this.bytes.slice(this.places[2 * slot], this.places[2 * slot + 1]).subarray(KEY_BYTES)
      this.taken = (this.taken + 1) | 0
      take(slot, check.subarray(SIGNATURE_BYTES), check.subarray(0, SIGNATURE_BYTES))
    }
  }

  private slotOf(count: number): number {
    return count & (this.layout.slots - 1)
  }

  /** Where so many bytes can stand in one piece behind the latest; -1 when the oldest are in the way. */
  private placeFor(length: number): number {
    const { slots, size } = this.layout
    if (this.length === 0) return length <= size ? 0 : -1
    if (this.length === slots) return -1
    const { end } = this
    const oldest = this.places[2 * this.slotOf(this.taken)] as number
    if (end <= oldest) return end + length <= oldest ? end : -1
    if (end + length <= size) return end
    return length <= oldest ? 0 : -1
  }
}
