/** What came of a suite or a test in a worker, in values that can be posted. */
export interface Outcome {
  readonly name: string
  readonly state: 'pass' | 'fail' | 'skip' | 'todo'
  readonly errors: readonly PostedError[]
  /** Of a suite: what is in it. */
  readonly tasks: readonly Outcome[] | undefined
}

/** The texts of an error: what vitest prints. */
export type PostedError = Readonly<Record<string, string>>

/** Asks a worker to run a test file. */
export interface Order {
  readonly url: string
  readonly config: unknown
  readonly providedContext: unknown
}

/** What the worker answers; `stray` are errors that nobody handled, while it runs. */
export type Answer = { readonly outcome: Outcome } | { readonly stray: PostedError }
