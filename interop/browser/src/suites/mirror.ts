/**
 * Runs test files in a Web Worker, by vitest's own runner there, and shows what came of them as tests of the page: all
 * that counts, prints and reports tests knows no difference.
 */
import { describe, it } from 'vitest'
import type { Answer, Order, Outcome, PostedError } from './outcome.ts'

/** What vitest keeps in the page: where it imports test files is where they go to the worker. */
interface PageState {
  readonly runner: { importFile(path: string, source: 'collect' | 'setup'): unknown }
  readonly config: object
  readonly viteConfig: { readonly root: string }
  readonly providedContext: unknown
}

/** What of the configuration makes no sense in a worker, or cannot be posted. */
const ONLY_IN_PAGES = { setupFiles: [], snapshotOptions: {}, diffOptions: undefined }

let worker: Worker | undefined

/** The page's own way to import comes back with the next page. */
export function installMirror(): void {
  if (worker !== undefined) return
  worker = new Worker(new URL('suite.worker.ts', import.meta.url), { type: 'module' })
  const state = (globalThis as unknown as { __vitest_browser_runner__: PageState }).__vitest_browser_runner__
  const { runner } = state
  const importHere = runner.importFile.bind(runner)
  runner.importFile = async (path, source) => {
    if (source === 'setup') return importHere(path, source)
    const config = JSON.parse(JSON.stringify({ ...state.config, ...ONLY_IN_PAGES })) as object
    const pattern = (state.config as { testNamePattern?: RegExp }).testNamePattern
    const order = { config: { ...config, testNamePattern: pattern }, providedContext: state.providedContext }
    show(await run({ ...order, url: path.replace(state.viteConfig.root, '') }))
  }
}

function run(order: Order): Promise<Outcome> {
  const running = worker as Worker
  return new Promise((resolve, reject) => {
    running.onmessage = ({ data }: MessageEvent<Answer>) => {
      if ('outcome' in data) resolve(data.outcome)
      else reportError(revived(data.stray))
    }
    running.onerror = event => reject(new Error(`the worker failed: ${event.message}`))
    running.postMessage(order)
  })
}

/** The file itself is there already: only what is in it is new. */
function show(file: Outcome): void {
  for (const error of file.errors) throw revived(error)
  for (const task of file.tasks ?? []) mirror(task)
}

function mirror({ name, state, errors, tasks }: Outcome): void {
  if (tasks !== undefined) mirrorSuite(name, errors, tasks)
  else if (state === 'skip') it.skip(name)
  else if (state === 'todo') it.todo(name)
  else it(name, () => rethrow(state === 'fail' && errors.length === 0 ? [{ message: 'it did not run' }] : errors))
}

function mirrorSuite(name: string, errors: readonly PostedError[], tasks: readonly Outcome[]): void {
  describe(name, () => {
    // Of its hooks: what they were for does not run, and hooks of a suite without tests do not either.
    if (errors.length > 0) it('its hooks', () => rethrow(errors))
    for (const task of tasks) mirror(task)
  })
}

function rethrow([first]: readonly PostedError[]): void {
  if (first !== undefined) throw revived(first)
}

function revived(error: PostedError): Error {
  return Object.assign(new Error(error.message), error)
}
