import { describe } from 'vitest'
import { securityDataTests } from './security-data.ts'
import { securityFailureTests } from './security-failures.ts'
import { securityHandshakeTests } from './security-handshake.ts'
import type { SecuritySubject } from './security-subject.ts'
import { securityTamperTests } from './security-tamper.ts'

/**
 * What every security channel must do, as vitest tests: both ends agree who they are, the wrong peer is refused, bytes
 * arrive whatever the chunking, ends and losses are told, and no remote can make it wait, throw or lie.
 *
 * @example
 * securityCompliance('noise', {
 *   create: ({ privateKey, peerId }) => noise()({ privateKey, peerId }),
 *   authenticates: true
 * })
 */
export function securityCompliance(name: string, subject: SecuritySubject): void {
  describe(`${name}: a security channel`, () => {
    describe('the handshake', () => securityHandshakeTests(subject))
    describe('data', () => securityDataTests(subject))
    describe('bad company', () => securityFailureTests(subject))
    if (subject.authenticates) describe('tampering', () => securityTamperTests(subject))
  })
}
