import { fromUtf8 } from '@ts-libp2p/bytes'
import type { MessageStreamDirection } from '@ts-libp2p/interface'
import { describe, expect, it } from 'vitest'
import { inVirtualTime } from '../round-trips.ts'
import { scriptedPeer } from '../scripted-peer.ts'
import { SeededRandom } from '../seeded-random.ts'
import { eventually } from '../settle.ts'
import { VirtualClock } from '../virtual-clock.ts'
import { connectionPair, type Verdict, type WireOptions } from '../wire.ts'
import { countingSignal } from './counting-signal.ts'
import { handshakeAs, ROLES, type SecuritySubject, secure, startHandshakes } from './security-subject.ts'

const random = new SeededRandom('bad company')

const GARBAGE: [name: string, bytes: Uint8Array][] = [
  ['nothing', new Uint8Array(0)],
  ['one byte', Uint8Array.of(0)],
  ['zeros', new Uint8Array(1000)],
  ['ones', new Uint8Array(70_000).fill(0xff)],
  ['random bytes', random.bytes(3000)],
  ['an HTTP request', fromUtf8('GET / HTTP/1.1\r\nHost: example.com\r\n\r\n')],
  ['a multistream header', fromUtf8('\x13/multistream/1.0.0\n')],
  ['a frame of random bytes', Uint8Array.of(0, 48, ...random.bytes(48))],
  ['several frames of random bytes', Uint8Array.of(0, 32, ...random.bytes(32), 0, 200, ...random.bytes(200))]
]

export function securityFailureTests(subject: SecuritySubject): void {
  describe.each(ROLES)('%s', role => {
    it.each(GARBAGE)('rejects %s instead of a handshake', async (_, garbage) => {
      const { connection } = scriptedPeer([garbage, 'end'], { direction: role })
      await expect(handshakeAs(role, subject, connection)).rejects.toBeInstanceOf(Error)
    })

    it('rejects its own bytes sent back', async () => {
      const [mirror, connection] = mirrored(role)
      const handshake = handshakeAs(role, subject, connection)
      handshake.catch(() => {})
      await eventually('the mirror has answered', () => mirror.readBufferLength === 0)
      mirror.abort(new Error('the mirror broke'))
      await expect(handshake).rejects.toBeInstanceOf(Error)
    })

    it('is cancelled by its signal while the far side says nothing', async () => {
      const [outbound, inbound] = connectionPair()
      const { signal, listeners, abort } = countingSignal()
      const handshake = handshakeAs(role, subject, role === 'outbound' ? outbound : inbound, { signal })
      handshake.catch(() => {})
      await eventually('the handshake waits', () => listeners() > 0)
      const reason = new Error('no more patience')
      abort(reason)
      await expect(handshake).rejects.toBe(reason)
      expect(listeners()).toBe(0)
    })

    it('is ended by its signal when the far side drips one byte per second', async () => {
      const clock = new VirtualClock()
      const drops = { each: Uint8Array.of(0, 0xc8, ...random.bytes(200)), everyMs: 1000 }
      const { connection } = scriptedPeer([drops], { direction: role, clock })
      const deadline = new AbortController()
      const reason = new Error('ten seconds are enough')
      clock.after(10_500, () => deadline.abort(reason))
      const handshake = handshakeAs(role, subject, connection, { signal: deadline.signal })
      // Some tell from the first bytes that this is no handshake of theirs, which is better still.
      await expect(inVirtualTime(clock, handshake)).rejects.toBeInstanceOf(Error)
    })

    it.each(['end', 'reset'] as const)('rejects when the far side just goes away (%s)', async how => {
      const { connection } = scriptedPeer([how], { direction: role })
      await expect(handshakeAs(role, subject, connection)).rejects.toBeInstanceOf(Error)
    })
  })

  it.each(['end', 'cut'] as const)('rejects wherever the connection breaks off in the handshake (%s)', async then => {
    const totals = await handshakeBytes(subject)
    for (const [from, total] of totals) {
      for (const limit of cutPoints(total)) await expectBroken(subject, from, limit, then)
    }
  })
}

/** Breaks the wire off after `limit` bytes: whoever should have received the rest must reject. */
async function expectBroken(
  subject: SecuritySubject,
  from: MessageStreamDirection,
  limit: number,
  then: 'end' | 'cut'
): Promise<void> {
  const { wire, handshakes } = await startHandshakes(subject, { wire: breakingAt(from, limit, then) })
  const receiver = handshakes[from === 'outbound' ? 1 : 0]
  await expect(receiver, `${from} bytes break off after ${limit}`).rejects.toBeInstanceOf(Error)
  wire.cut()
  await Promise.allSettled(handshakes)
}

function breakingAt(from: MessageStreamDirection, limit: number, then: 'end' | 'cut'): WireOptions {
  const intercept = (passage: { from: MessageStreamDirection; offset: number; bytes: Uint8Array }): Verdict => {
    const left = limit - passage.offset
    if (passage.from !== from || passage.bytes.byteLength <= left) return { bytes: passage.bytes }
    return { bytes: passage.bytes.subarray(0, left), then }
  }
  return { intercept }
}

/** What each end must have sent before the other can be done. */
async function handshakeBytes(subject: SecuritySubject): Promise<[MessageStreamDirection, number][]> {
  const { wire } = await secure(subject)
  const [outbound, inbound] = wire.sentBytes
  return [
    ['outbound', outbound],
    ['inbound', inbound]
  ]
}

/** Each byte at the front, where lengths stand, and some further on. */
function cutPoints(total: number): number[] {
  const points = [0, 1, 2, 3, 4, 5, 10]
  for (let i = 1; i < 10; i++) points.push(Math.floor((total * i) / 10))
  return [...new Set([...points, total - 1])].filter(point => point >= 0 && point < total)
}

function mirrored(role: MessageStreamDirection) {
  const [outbound, inbound] = connectionPair()
  const [mirror, connection] = role === 'outbound' ? [inbound, outbound] : [outbound, inbound]
  mirror.addEventListener('message', ({ data }) => mirror.send(data))
  return [mirror, connection] as const
}
