/** Runs test files by vitest's runner, in a Web Worker. */
import type { RunnerTask, RunnerTestFile, SerializedConfig } from 'vitest'
import type { Answer, Order, Outcome, PostedError } from './outcome.ts'

interface Scope {
  onmessage: ((event: { data: Order }) => void) | null
  postMessage(answer: Answer): void
  addEventListener(type: string, listener: (event: { error?: unknown; reason?: unknown }) => void): void
}
type Run = (url: string) => Promise<RunnerTestFile>

const scope = globalThis as unknown as Scope
const stray = (err: unknown): void => scope.postMessage({ stray: posted(err as Error) })
scope.addEventListener('error', ({ error }) => stray(error))
scope.addEventListener('unhandledrejection', ({ reason }) => stray(reason))

let runner: Promise<Run> | undefined
scope.onmessage = ({ data }) => {
  runner ??= prepare(data)
  runner
    .then(run => run(data.url))
    .then(outcomeOf, (err: Error) => failed(data.url, err))
    .then(outcome => scope.postMessage({ outcome }))
}

/** Makes the globals that vitest looks for when it is loaded, as its page does, and its runner. */
async function prepare({ config: given, providedContext }: Order): Promise<Run> {
  const config = { ...(given as SerializedConfig), snapshotOptions: NO_SNAPSHOTS }
  const environment = { name: 'browser', viteEnvironment: 'client' }
  const state = {
    ...{ config, environment, providedContext, metaEnv: {}, rpc: NO_SERVER, onCleanup: () => {} },
    ...{ evaluatedModules: { idToModuleMap: new Map() }, resolvingModules: new Set(), moduleExecutionInfo: new Map() },
    ctx: { pool: 'browser', config, projectName: '', files: [], environment, providedContext, invalidates: [] },
    durations: { environment: 0, prepare: 0 }
  }
  Object.assign(globalThis, { __vitest_worker__: state, __vitest_browser__: true })
  const { setupCommonEnv, startTests, Traces } = await import('vitest/internal/browser')
  const { TestRunner } = await import('vitest')
  await setupCommonEnv(config)
  await import('../../../../scripts/property-seed.ts')
  class WorkerRunner extends TestRunner {
    override importFile(url: string): Promise<unknown> {
      return import(/* @vite-ignore */ url)
    }
  }
  const runner = new WorkerRunner(config)
  runner.__setTraces(new Traces({ enabled: false }))
  return async url => {
    Object.assign(state, { filepath: url })
    const [file] = await startTests([{ filepath: url, testLocations: undefined }], runner)
    return file as RunnerTestFile
  }
}

/** No suite that ships to browsers keeps snapshots: there are none to read. */
const NO_SNAPSHOTS = {
  expand: false,
  updateSnapshot: 'none',
  snapshotFormat: undefined,
  snapshotEnvironment: {
    getVersion: () => '1',
    getHeader: () => '',
    resolvePath: async (path: string) => path,
    resolveRawPath: async (_: string, path: string) => path,
    saveSnapshotFile: () => Promise.reject(new Error('a worker keeps no snapshots')),
    readSnapshotFile: async () => null,
    removeSnapshotFile: async () => {}
  }
} satisfies SerializedConfig['snapshotOptions']

const NO_SERVER = { snapshotSaved: async () => {} }

function outcomeOf(task: RunnerTask): Outcome {
  const { name, mode, result } = task
  const isLeftOut = mode === 'skip' || mode === 'todo'
  const state = isLeftOut ? mode : (result?.state ?? 'fail')
  return {
    name,
    state: state === 'pass' || state === 'skip' || state === 'todo' ? state : 'fail',
    errors: (result?.errors ?? []).map(posted),
    tasks: 'tasks' in task ? task.tasks.map(outcomeOf) : undefined
  }
}

function failed(name: string, err: Error): Outcome {
  return { name, state: 'fail', errors: [posted(err)], tasks: [] }
}

function posted(err: object): PostedError {
  const { name, message, stack } = err as Error
  const texts = Object.entries({ ...err, name, message, stack }).filter(([, value]) => typeof value === 'string')
  return Object.fromEntries(texts) as PostedError
}
