/** The first moment unless told otherwise, Unix milliseconds. */
export const START_MS: number = Date.UTC(2026, 0, 1)

export interface RunLimit {
  /** Milliseconds of virtual time. Default 600,000. */
  limitMs?: number
}
