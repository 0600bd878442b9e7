import { afterEach, beforeEach, describe } from 'vitest'
import { activeHandles, handlesReleased } from '../active-handles.ts'
import { transportConnectionTests } from './transport-connections.ts'
import { transportDialTests } from './transport-dials.ts'
import { transportListenerTests } from './transport-listeners.ts'
import { TransportStand, type TransportSubject } from './transport-subject.ts'

/**
 * What every transport must do, as vitest tests: listen, dial, carry bytes with backpressure, end in each way, be
 * cancelled, refuse, and leave nothing open behind. After each test nothing may be open that was not before.
 *
 * @example
 * transportCompliance('tcp', {
 *   create: () => ({
 *     transport: tcp()(),
 *     listenAddrs: () => [multiaddr('/ip4/127.0.0.1/tcp/0')],
 *     foreignAddrs: () => [multiaddr('/ip4/127.0.0.1/udp/4001/quic-v1')],
 *     deadAddr: () => multiaddr('/ip4/127.0.0.1/tcp/1')
 *   })
 * })
 */
export function transportCompliance(name: string, subject: TransportSubject): void {
  describe(`${name}: a transport`, () => {
    let stand: TransportStand
    let before: string[]

    beforeEach(async () => {
      before = activeHandles()
      stand = new TransportStand(await subject.create())
    })
    afterEach(async () => {
      await stand.stop()
      await handlesReleased(before)
    })

    const current = (): TransportStand => stand
    describe('addresses and listeners', () => transportListenerTests(subject, current))
    describe('dialing', () => transportDialTests(current))
    describe('connections', () => transportConnectionTests(subject, current))
  })
}
