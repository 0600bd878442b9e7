import type { SeededRandom } from '@ts-libp2p/testing'

/** A decoder, and how it is tried. */
export interface Target {
  readonly name: string
  /** Inputs that it accepts: from these the others are made. Called once. */
  seeds(): readonly Uint8Array[] | Promise<readonly Uint8Array[]>
  /**
   * Feeds one input. May throw what the decoder may throw, an error of the stack; whatever else is thrown is a finding,
   * and so is a promise that stays open. `random` cuts the input and makes what choices there are: the same for the
   * same input.
   */
  run(input: Uint8Array, random: SeededRandom): void | Promise<void>
  /** Bytes of the longest input that is made. Default 4,096. */
  readonly maxBytes?: number
}

/** Bytes of an input where the target says nothing. */
export const MAX_INPUT_BYTES = 4096

/** What is wrong with a decoder: thrown by targets that check more than that nothing else is thrown. */
export class Finding extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Finding'
  }
}

/** Throws a `Finding` unless the condition holds. */
export function must(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Finding(message)
}
