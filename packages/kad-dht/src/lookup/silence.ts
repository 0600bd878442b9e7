import { FIRST_SILENCE, MAX_SILENCE } from '../limits.ts'

/** Requests that the share mostly rests on: about so many of the last. */
const MEMORY = 32

/** The share of requests that nobody answers, learnt from the last ones. */
export class Silence {
  private value: number = FIRST_SILENCE

  /** From 0 to `MAX_SILENCE`. */
  get share(): number {
    return Math.min(MAX_SILENCE, this.value)
  }

  learn(hasAnswered: boolean): void {
    this.value += ((hasAnswered ? 0 : 1) - this.value) / MEMORY
  }
}
