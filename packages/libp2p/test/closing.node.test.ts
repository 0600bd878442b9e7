import { bytesEqual, concat } from '@ts-libp2p/bytes'
import { noise } from '@ts-libp2p/noise'
import { tcp } from '@ts-libp2p/transport-tcp'
import { yamux } from '@ts-libp2p/yamux'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Connection, createLibp2p, type Libp2p, type Stream, type StreamCloseEvent } from '../src/index.ts'

const PROTOCOL = '/history/1.0.0'
/** Less than a stream may send before its remote reads: what nobody reads must not hold a close back. */
const MOST_BYTES = 200_000
const STREAMS = 4
const PATTERN = Uint8Array.from({ length: MOST_BYTES }, (_, i) => i % 251)

interface Step {
  readonly op: 'send' | 'end' | 'turn'
  readonly isCloser: boolean
  readonly which: number
  readonly size: number
}

const step: fc.Arbitrary<Step> = fc.record({
  op: fc.constantFrom('send', 'send', 'send', 'end', 'turn'),
  isCloser: fc.boolean(),
  which: fc.nat({ max: STREAMS - 1 }),
  size: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 90_000 }))
})

interface History {
  readonly steps: readonly Step[]
  /** What the other side still does while the closer closes. */
  readonly after: readonly Step[]
  readonly isDialerCloser: boolean
  /** For each stream: whether the closer opened it, and who reads it only when all is over. */
  readonly streams: readonly { byCloser: boolean; closerIsLate: boolean; otherIsLate: boolean }[]
}

const history: fc.Arbitrary<History> = fc.record({
  steps: fc.array(step, { maxLength: 25 }),
  after: fc.array(step, { maxLength: 5 }),
  isDialerCloser: fc.boolean(),
  streams: fc.array(fc.record({ byCloser: fc.boolean(), closerIsLate: fc.boolean(), otherIsLate: fc.boolean() }), {
    minLength: 1,
    maxLength: STREAMS
  })
})

/** One end of a stream: what was sent on it, what was read from it and how the reading ended. */
class End {
  readonly stream: Stream
  readonly sent: Uint8Array[] = []
  readonly got: Uint8Array[] = []
  /** All that was sent, and our end, were handed to the connection. */
  hasLeft = false
  private sentBytes = 0
  private reading: Promise<unknown> | undefined

  constructor(stream: Stream, isLate: boolean) {
    this.stream = stream
    if (!isLate) void this.outcome()
  }

  send(size: number): void {
    if (this.stream.writeStatus !== 'writable' || this.sentBytes + size > MOST_BYTES) return
    const first = this.sentBytes
    const chunk = PATTERN.subarray(first, first + size)
    this.sentBytes += size
    this.sent.push(chunk)
    this.stream.send(chunk)
  }

  end(): void {
    if (this.stream.writeStatus !== 'writable') return
    this.stream.close().then(
      () => {
        this.hasLeft = true
      },
      () => {}
    )
  }

  /** Resolves with the error of the reading; undefined for a clean end. */
  outcome(): Promise<unknown> {
    this.reading ??= this.readAll().catch((err: unknown) => err)
    return this.reading
  }

  private async readAll(): Promise<void> {
    for await (const chunk of this.stream) this.got.push(chunk.subarray())
  }
}

/** Two nodes over TCP, Noise and yamux, who wait for each other for as long as a busy machine may take. */
function patient() {
  const closeTimeoutMs = 60_000
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp({ closeTimeoutMs })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ keepAliveInterval: 0 })],
    limits: { closeTimeoutMs },
    services: { identify: () => undefined, ping: () => undefined }
  })
}

/** The two ends of a new connection. */
async function connected(dialer: Libp2p, listener: Libp2p): Promise<[Connection, Connection]> {
  const accepted = new Promise<Connection>(resolve =>
    listener.addEventListener('connection:open', ({ detail }) => resolve(detail), { once: true })
  )
  const dialled = await dialer.dial(listener.getMultiaddrs(), { force: true })
  return [dialled, await accepted]
}

function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

function closeOf(connection: Connection): Promise<StreamCloseEvent> {
  return new Promise(resolve => connection.addEventListener('close', resolve, { once: true }))
}

describe('closing a connection, over TCP, Noise and yamux', () => {
  it('loses nothing that was sent before, on either side, whatever was read until then', async () => {
    await using dialer = await patient()
    await using listener = await patient()
    let accept: (stream: Stream) => void = () => {}
    for (const node of [dialer, listener]) await node.handle(PROTOCOL, stream => accept(stream))

    async function play({ steps, after, isDialerCloser, streams }: History): Promise<void> {
      const [dialled, accepted] = await connected(dialer, listener)
      const [closer, other] = isDialerCloser ? [dialled, accepted] : [accepted, dialled]
      const closes = Promise.all([closeOf(closer), closeOf(other)])
      const pairs: { closer: End; other: End }[] = []
      for (const { byCloser, closerIsLate, otherIsLate } of streams) {
        const far = new Promise<Stream>(resolve => {
          accept = resolve
        })
        const near = await (byCloser ? closer : other).newStream(PROTOCOL)
        const [ours, theirs] = byCloser ? [near, await far] : [await far, near]
        pairs.push({ closer: new End(ours, closerIsLate), other: new End(theirs, otherIsLate) })
      }
      const perform = async ({ op, isCloser, which, size }: Step): Promise<void> => {
        const pair = pairs[which % pairs.length] as { closer: End; other: End }
        const end = isCloser ? pair.closer : pair.other
        if (op === 'turn') await turn()
        else if (op === 'send') end.send(size)
        else end.end()
      }
      for (const step of steps) await perform(step)
      const hadLeft = pairs.map(pair => pair.other.hasLeft)
      const closing = closer.close()
      for (const step of after) await perform({ ...step, isCloser: false })
      await closing
      const errors = (await closes).map(event => event.error)
      expect([closer.status, other.status, ...errors]).toEqual(['closed', 'closed', undefined, undefined])

      for (const [i, pair] of pairs.entries()) {
        expect(await pair.other.outcome()).toBeUndefined()
        expect(bytesEqual(concat(pair.other.got), concat(pair.closer.sent))).toBe(true)
        const outcome = await pair.closer.outcome()
        const [got, sent] = [concat(pair.closer.got), concat(pair.other.sent)]
        // Cut short only where the other side had not ended it, and then with an error.
        if (hadLeft[i] === true) expect(outcome).toBeUndefined()
        else if (outcome !== undefined) expect(outcome).toMatchObject({ name: 'StreamResetError' })
        expect(bytesEqual(got, outcome === undefined ? sent : sent.subarray(0, got.byteLength))).toBe(true)
      }
    }

    await fc.assert(fc.asyncProperty(history, play), { numRuns: 50 })
  }, 180_000)
})
