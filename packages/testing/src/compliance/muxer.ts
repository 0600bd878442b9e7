import { describe } from 'vitest'
import { muxerBackpressureTests } from './muxer-backpressure.ts'
import { muxerEndTests } from './muxer-ends.ts'
import { muxerLimitTests } from './muxer-limits.ts'
import { muxerStreamTests } from './muxer-streams.ts'
import type { MuxerSubject } from './muxer-subject.ts'

/**
 * What every stream muxer must do, as vitest tests: streams both ways, half-close, resets, backpressure, limits, loss of
 * the connection, and indifference to how the connection below chops its bytes.
 *
 * @example
 * muxerCompliance('yamux', { create: options => yamux(options), hasFlowControl: true })
 */
export function muxerCompliance(name: string, subject: MuxerSubject): void {
  describe(`${name}: a stream muxer`, () => {
    muxerStreamTests(subject)
    muxerEndTests(subject)
    muxerBackpressureTests(subject)
    muxerLimitTests(subject)
  })
}
