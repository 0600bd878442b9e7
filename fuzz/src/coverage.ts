import { type Profiler, Session } from 'node:inspector'

/** What was run of the packages' code, told by V8 itself: which blocks, since the last question. */
export class Coverage {
  private readonly session = new Session()
  private readonly seen = new Set<string>()

  start(): void {
    this.session.connect()
    this.session.post('Profiler.enable')
    this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** How many blocks were ever run. */
  get size(): number {
    return this.seen.size
  }

  /** What ran since the last call and never before. */
  take(): Set<string> {
    const ran = this.ran()
    const fresh = new Set([...ran].filter(block => !this.seen.has(block)))
    for (const block of fresh) this.seen.add(block)
    return fresh
  }

  /** What ran since the last call, or the last `take`. */
  ran(): Set<string> {
    const blocks = new Set<string>()
    this.session.post('Profiler.takePreciseCoverage', (err, answer) => {
      if (err === null) for (const script of answer.result) note(script, blocks)
    })
    return blocks
  }

  stop(): void {
    this.session.post('Profiler.stopPreciseCoverage')
    this.session.disconnect()
  }
}

function note({ url, scriptId, functions }: Profiler.ScriptCoverage, blocks: Set<string>): void {
  if (!url.includes('/packages/')) return
  for (const { ranges } of functions) {
    for (const { startOffset, endOffset, count } of ranges) {
      if (count > 0) blocks.add(`${scriptId}:${startOffset}:${endOffset}`)
    }
  }
}
