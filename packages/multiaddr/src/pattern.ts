import type { Multiaddr } from '@ts-libp2p/interface'
import { type Span, spanValue } from './decode.ts'
import { spansOf } from './multiaddr.ts'

/** Tells addresses of one shape from others. */
export interface MultiaddrMatcher {
  /** It begins with this shape. */
  matches(ma?: Multiaddr): boolean
  /** It has this shape and nothing after it. */
  exactMatch(ma?: Multiaddr): boolean
}

/** Where in an address matching goes on after this shape, counted in components; `NO_MATCH` when it is not there. */
export type Pattern = (path: Path, at: number) => number

interface Path {
  readonly bytes: Uint8Array
  readonly spans: readonly Span[]
}

const NO_MATCH = -1

/** One component, whatever its value; or with this value. */
/* @__NO_SIDE_EFFECTS__ */
export function component(code: number, value?: string): Pattern {
  return ({ bytes, spans }, at) => {
    const span = spans[at]
    if (span?.protocol.code !== code) return NO_MATCH
    return value === undefined || spanValue(bytes, span) === value ? at + 1 : NO_MATCH
  }
}

/** All of them, one after another. */
/* @__NO_SIDE_EFFECTS__ */
export function and(...patterns: Pattern[]): Pattern {
  return (path, at) => {
    let next = at
    for (const pattern of patterns) {
      next = pattern(path, next)
      if (next === NO_MATCH) return NO_MATCH
    }
    return next
  }
}

/** That one of them which goes furthest. */
/* @__NO_SIDE_EFFECTS__ */
export function or(...patterns: Pattern[]): Pattern {
  return (path, at) => {
    let furthest = NO_MATCH
    for (const pattern of patterns) furthest = Math.max(furthest, pattern(path, at))
    return furthest
  }
}

/* @__NO_SIDE_EFFECTS__ */
export function optional(pattern: Pattern): Pattern {
  return (path, at) => Math.max(at, pattern(path, at))
}

/** Any number of times, also none. */
/* @__NO_SIDE_EFFECTS__ */
export function many(pattern: Pattern): Pattern {
  return (path, at) => {
    let next = at
    for (let after = pattern(path, next); after > next; after = pattern(path, next)) next = after
    return next
  }
}

/** Matches nothing, where the pattern does not match. */
/* @__NO_SIDE_EFFECTS__ */
export function not(pattern: Pattern): Pattern {
  return (path, at) => (pattern(path, at) === NO_MATCH ? at : NO_MATCH)
}

/* @__NO_SIDE_EFFECTS__ */
export function matcher(pattern: Pattern): MultiaddrMatcher {
  const end = (ma: Multiaddr, spans: readonly Span[]) => pattern({ bytes: ma.bytes, spans }, 0)
  return {
    matches: ma => ma !== undefined && end(ma, spansOf(ma)) !== NO_MATCH,
    exactMatch(ma) {
      if (ma === undefined) return false
      const spans = spansOf(ma)
      return end(ma, spans) === spans.length
    }
  }
}
