import { parentPort, workerData } from 'node:worker_threads'
import { Failure, type FuzzOptions, fuzz } from './fuzzer.ts'
import type { Target } from './target.ts'

export interface WorkerJob extends Omit<FuzzOptions, 'onInput'> {
  /** Module that exports the target. */
  readonly module: string
  /** The input under trial, for another thread to read at any time: a counter, its length, its bytes. */
  readonly current: SharedArrayBuffer
}

const job = workerData as WorkerJob
const { target } = (await import(job.module)) as { target: Target }
const numbers = new Int32Array(job.current, 0, 2)
const bytes = new Uint8Array(job.current, numbers.byteLength)

function note(input: Uint8Array): void {
  const shown = input.subarray(0, bytes.byteLength)
  bytes.set(shown)
  Atomics.store(numbers, 1, shown.byteLength)
  Atomics.add(numbers, 0, 1)
}

try {
  parentPort?.postMessage({ result: await fuzz(target, { ...job, onInput: note }) })
} catch (err) {
  const { input, cause } = err instanceof Failure ? err : { input: new Uint8Array(0), cause: err }
  parentPort?.postMessage({ failure: { input, message: String(err), stack: (cause as Error | undefined)?.stack } })
}
