import { describe, expect, it } from 'vitest'
import type { ByteStream } from '../src/index.ts'
import { isOver, NEXT, type StreamState, type StreamTransition } from '../src/state.ts'
import { counting, eventsOf, ownedStream } from './fixtures.ts'

const STATES: StreamState[] = ['open', 'sendClosed', 'recvClosed', 'closed', 'aborted', 'reset']
const TRANSITIONS: StreamTransition[] = ['sendFin', 'recvFin', 'abort', 'reset']

/** Where each transition leads from each state; a dot changes nothing. */
const TABLE: Record<StreamState, string> = {
  open: 'sendClosed recvClosed aborted reset',
  sendClosed: '. closed aborted reset',
  recvClosed: 'closed . aborted reset',
  closed: '. . . .',
  aborted: '. . . .',
  reset: '. . . .'
}

const reason = new Error('enough')

/** Ways to bring a stream into a state, and what else to do to it. */
const REACH: Record<StreamState, (stream: ByteStream) => void> = {
  open: () => {},
  sendClosed: stream => {
    void stream.close()
    stream.finSent()
  },
  recvClosed: stream => stream.receiveEnd(),
  closed: stream => {
    stream.receiveEnd()
    void stream.close()
    stream.finSent()
  },
  aborted: stream => stream.abort(reason),
  reset: stream => stream.receiveReset(reason)
}

const APPLY: Record<StreamTransition, (stream: ByteStream) => void> = {
  sendFin: stream => {
    void stream.close()
    if (stream.isFinQueued) stream.finSent()
  },
  recvFin: stream => stream.receiveEnd(),
  abort: stream => stream.abort(reason),
  reset: stream => stream.receiveReset(reason)
}

/** status, readStatus, writeStatus, remoteReadStatus, remoteWriteStatus */
const STATUSES: Record<StreamState, string> = {
  open: 'open readable writable readable writable',
  sendClosed: 'open readable closed readable writable',
  recvClosed: 'open readable writable readable closed',
  closed: 'closed closed closed closed closed',
  aborted: 'aborted closed closed closed closed',
  reset: 'reset closed closed closed closed'
}

function statusesOf(stream: ByteStream): string {
  const { status, readStatus, writeStatus, remoteReadStatus, remoteWriteStatus } = stream
  return [status, readStatus, writeStatus, remoteReadStatus, remoteWriteStatus].join(' ')
}

describe('the table of states', () => {
  it.each(STATES)('from %s', state => {
    const row = TRANSITIONS.map(transition => NEXT[state][transition] ?? '.').join(' ')
    expect(row).toBe(TABLE[state])
  })

  it('knows which states are over', () => {
    expect(STATES.filter(isOver)).toEqual(['closed', 'aborted', 'reset'])
  })
})

describe('a stream', () => {
  it.each(STATES)('says in %s how it stands', state => {
    const { stream } = ownedStream()
    REACH[state](stream)
    expect(statusesOf(stream)).toBe(STATUSES[state])
  })

  const moves = STATES.flatMap(from => TRANSITIONS.map(transition => [from, transition] as const))
  it.each(moves)('in %s goes its way on %s', (from, transition) => {
    const { stream } = ownedStream()
    REACH[from](stream)
    APPLY[transition](stream)
    expect(statusesOf(stream)).toBe(STATUSES[NEXT[from][transition] ?? from])
  })

  it.each(moves)('in %s tells its end exactly once, whatever follows %s', (from, transition) => {
    const { stream, owner } = ownedStream()
    const events = eventsOf(stream)
    REACH[from](stream)
    APPLY[transition](stream)
    for (const again of TRANSITIONS) APPLY[again](stream)
    expect(events.filter(name => name.startsWith('close'))).toHaveLength(1)
    expect([...owner.of('aborted'), ...owner.of('ended')].length).toBe(stream.status === 'reset' ? 0 : 1)
    expect(stream.timeline.close).toBeGreaterThan(0)
  })

  it('is open, and closing for writing, while queued bytes leave', async () => {
    const { stream } = ownedStream()
    stream.send(counting(3))
    const closed = stream.close()
    expect(statusesOf(stream)).toBe('open readable closing readable writable')
    stream.pull([], 3)
    stream.finSent()
    await closed
    expect(statusesOf(stream)).toBe('open readable closed readable writable')
  })

  it('is paused while paused', () => {
    const { stream } = ownedStream()
    stream.pause()
    expect(stream.readStatus).toBe('paused')
    stream.resume()
    expect(stream.readStatus).toBe('readable')
  })

  it('can still be read after a reset, until what came before it is taken', async () => {
    const { stream } = ownedStream()
    stream.receive(counting(3))
    stream.receiveReset(reason)
    expect([stream.status, stream.readStatus]).toEqual(['reset', 'readable'])
    const chunks = stream[Symbol.asyncIterator]()
    expect(await chunks.next()).toEqual({ done: false, value: counting(3) })
    await expect(chunks.next()).rejects.toBe(reason)
    expect(stream.readStatus).toBe('closed')
  })

  it('can be read after both ends closed, until what came before is taken', async () => {
    const { stream } = ownedStream()
    stream.receive(counting(3))
    REACH.closed(stream)
    expect([stream.status, stream.readStatus, stream.readableEnded]).toEqual(['closed', 'readable', false])
    const chunks = stream[Symbol.asyncIterator]()
    expect((await chunks.next()).value).toEqual(counting(3))
    expect([(await chunks.next()).done, stream.readStatus, stream.readableEnded]).toEqual([true, 'closed', true])
  })

  it('forgets what it held when it is aborted', async () => {
    const { stream, owner } = ownedStream()
    stream.receive(counting(3))
    stream.send(counting(5))
    stream.abort(reason)
    expect([stream.readBufferLength, stream.writeBufferLength, stream.hasQueued]).toEqual([0, 0, false])
    expect(owner.of('aborted')).toEqual([reason])
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toBe(reason)
  })

  it.each(['aborted', 'reset'] as const)('that is %s fails everybody who waits', async state => {
    const { stream } = ownedStream()
    stream.send(new Uint8Array(1_000_000))
    const waits = [stream.onDrain(), stream.close(), stream[Symbol.asyncIterator]().next()]
    const outcomes = Promise.allSettled(waits)
    REACH[state](stream)
    expect(await outcomes).toEqual(new Array(3).fill({ status: 'rejected', reason }))
  })

  it.each([
    ['closed', 'close undefined undefined'],
    ['aborted', 'close true enough'],
    ['reset', 'close false enough']
  ] as const)('tells in its close event how it was %s', (state, event) => {
    const { stream } = ownedStream()
    const events = eventsOf(stream)
    REACH[state](stream)
    expect(events.at(-1)).toBe(event)
  })

  it('drops what arrives after its end', () => {
    for (const state of ['recvClosed', 'closed', 'aborted', 'reset'] as const) {
      const { stream } = ownedStream()
      REACH[state](stream)
      stream.receive(counting(3))
      expect(stream.readBufferLength).toBe(0)
    }
  })

  it('notes when it opened and ended, in whole milliseconds', () => {
    const { stream } = ownedStream({ clock: { now: () => 1234.5, after: () => () => {} } })
    stream.abort(reason)
    expect(stream.timeline).toEqual({ open: 1234, close: 1234 })
  })
})

describe('a stream that closes with its remote', () => {
  it('does so when it is read by events, once everything was delivered', () => {
    const { stream } = ownedStream({ closesWithRemote: true })
    const course: unknown[] = []
    stream.addEventListener('message', ({ data }) => course.push([data.byteLength, stream.status]))
    stream.receive(counting(2))
    stream.receiveEnd()
    expect([course, stream.status, stream.isFinQueued]).toEqual([[[2, 'open']], 'closing', true])
  })

  it('waits for those who look for the end themselves', async () => {
    const { stream } = ownedStream({ closesWithRemote: true })
    stream.receiveEnd()
    for await (const _ of stream) throw new Error('nothing came')
    expect([stream.readableEnded, stream.status]).toEqual([true, 'open'])
  })
})
