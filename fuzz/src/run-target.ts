import { Worker } from 'node:worker_threads'
import type { FuzzResult } from './fuzzer.ts'
import { MAX_INPUT_BYTES } from './target.ts'

/** Milliseconds that one input may take. Decoders take microseconds; what takes this long is an attack. */
const HANG_MS = 30_000
/** A counter and a length come before the input that is shown to this thread. */
const HEADER_BYTES = 8

export interface RunOptions {
  readonly module: string
  readonly seed: string
  readonly kept: readonly Uint8Array[]
  readonly maxMs: number
}

export interface TargetFailure {
  readonly message: string
  readonly stack?: string
  readonly input: Uint8Array
}

export type RunOutcome = { result: FuzzResult } | { failure: TargetFailure }

/** Fuzzes one target in a thread of its own, which can be ended when it hangs. */
export function runTarget(options: RunOptions): Promise<RunOutcome> {
  const current = new SharedArrayBuffer(HEADER_BYTES + MAX_INPUT_BYTES * 4)
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { ...options, isGuided: true, current }
  })
  return new Promise(resolve => {
    let tried = -1
    const watch = setInterval(() => {
      const now = Atomics.load(new Int32Array(current), 0)
      // Before the first input the modules are loaded.
      if (now === tried && now > 0)
        finish({ failure: { message: `one input takes over ${HANG_MS} ms`, input: shown(current) } })
      tried = now
    }, HANG_MS)
    const finish = (outcome: RunOutcome): void => {
      clearInterval(watch)
      resolve(outcome)
      void worker.terminate()
    }
    worker.on('message', (outcome: RunOutcome) => finish(outcome))
    worker.on('error', err => {
      const { stack } = err as Error
      finish({ failure: { message: `out of a callback: ${err}`, stack, input: shown(current) } })
    })
  })
}

function shown(current: SharedArrayBuffer): Uint8Array {
  const length = new Int32Array(current)[1] as number
  return new Uint8Array(current, HEADER_BYTES, length).slice()
}
