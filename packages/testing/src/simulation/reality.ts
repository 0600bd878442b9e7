import type { Undo } from '@ts-libp2p/interface'
import { activeResources } from '#handles'
import { MAX_REPORTED_LEAKS } from './limits.ts'

/** Something real that was used where only virtual time and seeded chance may be. */
export interface Leak {
  /** E.g. `Date.now()`. */
  readonly what: string
  /** Where it was called, as a line of a stack trace. */
  readonly where: string
}

// biome-ignore lint/suspicious/noExplicitAny: any function of the platform
type AnyFunction = (...args: any[]) => unknown

/** Whose calls are no leaks: the test runner's own, which lives in the same process. */
const RUNNER = /node_modules\/(?:\.pnpm\/)?(?:@?vitest|vite|birpc|tinyspy|tinypool)\b|node:internal/

/** Who may draw real chance: what noble's curves blind their scalars with, in browsers, leaves the result as it is. */
const BLINDING = /mulCTBlinded/

/** Kinds of system resources that a node in virtual time has no use for. The test runner's own are of other kinds. */
const REAL = /TCP|UDP|AddrInfo|DNS|FSReq|FSEvent|Sign|Verify|Hash|Key|Random|PBKDF|Scrypt|Cipher|Zlib|Process/

/** Who watches now. The platform is one for all of them: it is changed when the first begins, restored after the last. */
const watching = new Set<RealityWatch>()
let restore: Undo[] = []

/**
 * Watches for real time, real chance and real input while a simulation runs: each would make a run that cannot be
 * repeated. Calls go through unchanged, and are reported to everybody who watches.
 */
export class RealityWatch {
  readonly leaks: Leak[] = []
  private depth = 0
  private before: readonly string[] = []

  /** Watches until the result is called. May be called again before that. */
  watch(): Undo {
    if (this.depth++ === 0) this.begin()
    return () => {
      if (--this.depth === 0) this.end()
    }
  }

  report(leak: Leak): void {
    if (this.leaks.length >= MAX_REPORTED_LEAKS) return
    if (this.leaks.some(known => known.what === leak.what && known.where === leak.where)) return
    this.leaks.push(leak)
  }

  private begin(): void {
    this.before = activeResources()
    if (watching.size === 0) restore = PLATFORM.map(([what, owner, name]) => replace(what, owner(), name))
    watching.add(this)
  }

  private end(): void {
    watching.delete(this)
    if (watching.size === 0) for (const undo of restore.splice(0)) undo()
    for (const kind of added(this.before, activeResources())) {
      this.report({ what: `system resource ${kind}`, where: 'open at the end of a run' })
    }
  }
}

/** Puts a function that tells before it calls in the place of the platform's. */
function replace(what: string, platform: object | undefined, name: string): Undo {
  const owner = platform as Record<string, AnyFunction> | undefined
  const original = owner?.[name]
  if (owner === undefined || original === undefined) return () => {}
  const before = Object.getOwnPropertyDescriptor(owner, name)
  const watched = (...args: unknown[]): unknown => {
    tell(what)
    return original.apply(owner, args)
  }
  Object.defineProperty(owner, name, { value: watched, configurable: true, writable: true })
  return () => {
    if (before === undefined) delete owner[name]
    else Object.defineProperty(owner, name, before)
  }
}

function tell(what: string): void {
  const where = callerOf(new Error().stack ?? '')
  if (where !== undefined) for (const watch of watching) watch.report({ what: `${what}()`, where })
}

/** What is watched: its name, where it is, under which name. */
const PLATFORM: readonly (readonly [what: string, owner: () => object | undefined, name: string])[] = [
  ['Date.now', () => Date, 'now'],
  ['performance.now', () => performance, 'now'],
  ['Math.random', () => Math, 'random'],
  ['setTimeout', () => globalThis, 'setTimeout'],
  ['setInterval', () => globalThis, 'setInterval'],
  ['AbortSignal.timeout', () => AbortSignal, 'timeout'],
  ['crypto.getRandomValues', () => globalThis.crypto, 'getRandomValues'],
  ['crypto.randomUUID', () => globalThis.crypto, 'randomUUID'],
  ...['digest', 'sign', 'verify', 'encrypt', 'decrypt', 'deriveBits', 'generateKey', 'importKey'].map(
    name => [`crypto.subtle.${name}`, () => globalThis.crypto?.subtle, name] as const
  )
]

/** Who called, and who called that, outside this file and the platform; undefined when it was the test runner. */
function callerOf(stack: string): string | undefined {
  const lines = stack
    .split('\n')
    .slice(1)
    .map(line => line.trim())
  const callers = lines.filter(line => !line.includes('reality.') && !line.includes('<anonymous>'))
  if (RUNNER.test(callers[0] ?? 'node:internal')) return undefined
  const shown = callers.slice(0, SHOWN_CALLERS).join(', ')
  return BLINDING.test(shown) ? undefined : shown
}

const SHOWN_CALLERS = 3

function added(before: readonly string[], now: readonly string[]): string[] {
  const known = [...before]
  return now.filter(kind => {
    const at = known.indexOf(kind)
    if (at >= 0) known.splice(at, 1)
    return at < 0 && REAL.test(kind)
  })
}
