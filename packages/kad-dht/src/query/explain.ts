import { toHex } from '@ts-libp2p/bytes'
import type { Trace, TraceStep } from './trace.ts'

/** Peers that were heard of but never asked: shown by number only. */
const NOT_ASKED = 'heard'

/**
 * A lookup as text: the tree of who named whom, with when each was asked, how long the answer took and what it brought.
 *
 * ```
 * FIND_NODE 0024080112…: 24 asked, 21 answered, 2 failed, 1 slow, 3 hops, 312 ms
 * ├─ …Qx7w2F asked at 0 ms, answered in 41 ms: 20 new peers
 * │  ├─ …9cVbLm asked at 41 ms, answered in 38 ms: 3 new peers
 * ```
 */
export function explain(trace: Trace): string {
  const asked = trace.steps.filter(({ state }) => state !== NOT_ASKED)
  const children = new Map<string | undefined, TraceStep[]>()
  for (const step of asked) children.set(step.heardFrom, [...(children.get(step.heardFrom) ?? []), step])
  return [summary(trace, asked), ...branches(children, undefined, '')].join('\n')
}

function summary({ message, key, tookMs, steps }: Trace, asked: readonly TraceStep[]): string {
  const count = (state: TraceStep['state']): number => asked.filter(step => step.state === state).length
  const hops = Math.max(0, ...asked.filter(({ state }) => state === 'answered').map(step => step.hops))
  const parts = [
    `${asked.length} asked`,
    `${count('answered')} answered`,
    `${count('failed')} failed`,
    `${count('slow') + count('asked')} not waited for`,
    `${steps.length - asked.length} heard of only`,
    `${hops} hops`,
    ms(tookMs)
  ]
  return `${message} ${shortKey(key)}: ${parts.join(', ')}`
}

function branches(
  children: Map<string | undefined, TraceStep[]>,
  parent: string | undefined,
  indent: string
): string[] {
  const steps = children.get(parent) ?? []
  return steps.flatMap((step, i) => {
    const isLast = i === steps.length - 1
    const line = `${indent}${isLast ? '└─' : '├─'} ${describe(step)}`
    return [line, ...branches(children, step.peer.toString(), `${indent}${isLast ? '   ' : '│  '}`)]
  })
}

function describe({ peer, state, askedMs = 0, tookMs = 0, news, error }: TraceStep): string {
  const asked = `…${peer.toString().slice(-6)} asked at ${ms(askedMs)}`
  if (state === 'answered') return `${asked}, answered in ${ms(tookMs)}: ${news} new ${news === 1 ? 'peer' : 'peers'}`
  if (state === 'failed') return `${asked}, failed after ${ms(tookMs)}: ${error?.message}`
  return `${asked}, not waited for`
}

function shortKey(key: Uint8Array): string {
  return key.byteLength > 8 ? `${toHex(key.subarray(0, 8))}…` : toHex(key)
}

function ms(value: number): string {
  return `${Math.round(value)} ms`
}
