import { concat, fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import { type ByteStream, runDialogue, take } from '@ts-libp2p/stream'
import { bareStream, collect, foreignStream, onUnhandledRejection, settle, streamPair } from '@ts-libp2p/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  encodeLine,
  encodeOpening,
  handle,
  MAX_LINE_BYTES,
  MAX_PROPOSALS,
  MULTISTREAM,
  select,
  selectOptimistic
} from '../src/index.ts'

const header = encodeLine(MULTISTREAM)

describe('select and handle', () => {
  it.each([
    { dials: '/a', speaks: ['/a'] as Iterable<string>, selected: '/a' },
    { dials: ['/a', '/b'], speaks: ['/b', '/a'], selected: '/a' },
    { dials: ['/a', '/b', '/c'], speaks: new Set(['/c']), selected: '/c' },
    { dials: ['/b'], speaks: new Map([['/b', () => {}]]).keys(), selected: '/b' },
    { dials: ['/a', '/b'], speaks: '/b', selected: '/b' }
  ])('$dials to $speaks gives $selected', async ({ dials, speaks, selected }) => {
    const [a, b] = streamPair()
    expect(await Promise.all([select(a, dials), handle(b, speaks)])).toEqual([selected, selected])
    a.send(fromUtf8('hi'))
    await a.close()
    expect(toUtf8(await collect(b))).toBe('hi')
  })

  it('agree on the first of the dialer that the listener has, whatever the lists', async () => {
    const some = fc.uniqueArray(fc.constantFrom('/a', '/a/b', '/A', '/ü', 'bare', '/a '), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(some, some, async (dials, speaks) => {
        const [a, b] = streamPair()
        const listening = handle(b, speaks).catch((err: Error) => err.name)
        const dialing = select(a, dials).catch((err: Error) => err.name)
        const dialed = await dialing
        await a.close()
        const common = dials.find(protocol => speaks.includes(protocol))
        expect(dialed).toBe(common ?? 'UnsupportedProtocolError')
        expect(await listening).toBe(common ?? 'ConnectionClosedError')
      })
    )
  })

  it('tells who was refused what, and leaves the stream to the caller', async () => {
    const [a, b] = streamPair()
    const listening = handle(b, ['/c'])
    await expect(select(a, ['/a', '/b'])).rejects.toMatchObject({
      name: 'UnsupportedProtocolError',
      message: 'the remote does not speak /a, /b'
    })
    expect(a.status).toBe('open')
    await a.close()
    await expect(listening).rejects.toMatchObject({ name: 'ConnectionClosedError' })
  })

  it('leaves in the stream what follows the negotiation', async () => {
    const [a, b] = streamPair()
    a.send(concat([encodeOpening('/a'), fromUtf8('rest')]))
    await handle(b, ['/a'])
    await a.close()
    expect(toUtf8(await collect(b))).toBe('rest')
  })

  it('answers a dialer whose bytes are there already in one write', async () => {
    const { stream, writes } = bareStream()
    stream.receive(encodeOpening('/a'))
    await handle(stream, ['/a'])
    await settle()
    expect(writes).toEqual([encodeOpening('/a')])
  })

  it('writes its header at once, for dialers that wait for it', async () => {
    const { stream, writes } = bareStream()
    const listening = handle(stream, ['/a'])
    await settle()
    expect(writes).toEqual([header])
    stream.receive(encodeOpening('/a'))
    expect(await listening).toBe('/a')
  })

  it('works on a stream of another make', async () => {
    const [a, b] = streamPair()
    const results = await Promise.all([select(foreignStream(a), ['/x', '/a']), handle(foreignStream(b), ['/a'])])
    expect(results).toEqual(['/a', '/a'])
  })

  it.each([
    ['none', []],
    ['an empty one', ['']],
    ['an answer', ['/a', 'na']],
    ['a command', ['ls']],
    ['one with a newline', ['/a\n']],
    ['one that fills a line', [`/${'x'.repeat(MAX_LINE_BYTES)}`]],
    ['more than a listener takes', Array.from({ length: MAX_PROPOSALS + 1 }, (_, i) => `/${i}`)]
  ])('refuses to propose %s', async (_, protocols) => {
    const { stream, writes } = bareStream()
    await expect(select(stream, protocols)).rejects.toMatchObject({ name: 'InvalidParametersError' })
    await settle()
    expect(writes).toEqual([])
  })
})

describe('a signal', () => {
  it.each([
    ['the dialer', (stream: ByteStream, signal: AbortSignal) => select(stream, ['/a', '/b'], { signal })],
    ['the listener', (stream: ByteStream, signal: AbortSignal) => handle(stream, ['/a'], { signal })]
  ])('ends the waiting of %s for a peer that trickles', async (_, negotiate) => {
    const { stream } = bareStream()
    const controller = new AbortController()
    const negotiating = negotiate(stream, controller.signal)
    for (const byte of header) stream.receive(Uint8Array.of(byte))
    stream.receive(Uint8Array.of(0x05))
    controller.abort(new Error('too slow'))
    await expect(negotiating).rejects.toThrow('too slow')
    expect(stream.status).toBe('open')
  })

  it('that has fired already sends nothing', async () => {
    const { stream, writes } = bareStream()
    const signal = AbortSignal.abort(new Error('no'))
    await expect(select(stream, '/a', { signal })).rejects.toThrow('no')
    await expect(handle(stream, '/a', { signal })).rejects.toThrow('no')
    expect(() => selectOptimistic(stream, '/a', { signal })).toThrow('no')
    await settle()
    expect(writes).toEqual([])
  })

  it('aborts a stream whose optimistic proposal is not answered', async () => {
    const { stream, aborts } = bareStream()
    const controller = new AbortController()
    const { confirmed } = selectOptimistic(stream, '/a', { signal: controller.signal })
    controller.abort(new Error('too slow'))
    await expect(confirmed).rejects.toThrow('too slow')
    expect(aborts).toMatchObject([{ message: 'too slow' }])
  })
})

describe('selectOptimistic', () => {
  it('sends the proposal, the next layer and the application in one write', async () => {
    const { stream, writes } = bareStream()
    selectOptimistic(stream, '/noise')
    const next = runDialogue(
      stream,
      (function* () {
        yield { send: fromUtf8('e') }
        return yield* take(2)
      })()
    )
    stream.send(fromUtf8('data'))
    await settle()
    expect(writes).toEqual([concat([encodeOpening('/noise'), fromUtf8('edata')])])
    stream.receive(concat([encodeOpening('/noise'), fromUtf8('ee+data')]))
    expect(toUtf8(await next)).toBe('ee')
    stream.receiveEnd()
    expect(toUtf8(await collect(stream))).toBe('+data')
  })

  it('reads the echo ahead of an application that reads at once', async () => {
    const [a, b] = streamPair()
    const { protocol, confirmed } = selectOptimistic(a, '/echo')
    expect(protocol).toBe('/echo')
    a.send(fromUtf8('ping'))
    const answer = collect(a)
    expect(await handle(b, ['/echo'])).toBe('/echo')
    b.send(fromUtf8('pong'))
    await b.close()
    await confirmed
    expect(toUtf8(await answer)).toBe('pong')
  })

  it('aborts the stream when it is refused', async () => {
    const [a, b] = streamPair()
    const { confirmed } = selectOptimistic(a, '/a')
    const reading = collect(a)
    const listening = handle(b, ['/b'])
    await expect(confirmed).rejects.toMatchObject({ name: 'UnsupportedProtocolError' })
    await expect(reading).rejects.toMatchObject({ name: 'UnsupportedProtocolError' })
    await expect(listening).rejects.toMatchObject({ name: 'StreamResetError' })
    expect([a.status, b.status]).toEqual(['aborted', 'reset'])
  })

  it('a refusal that comes together with the end is an error to whoever reads, not an empty answer', async () => {
    const { stream } = bareStream()
    const { confirmed } = selectOptimistic(stream, '/a')
    const reading = collect(stream)
    stream.receive(concat([header, encodeLine('na')]))
    stream.receiveEnd()
    await expect(reading).rejects.toMatchObject({ name: 'UnsupportedProtocolError' })
    await expect(confirmed).rejects.toMatchObject({ name: 'UnsupportedProtocolError' })
  })

  it('leaves no rejection unhandled when nobody waits for the answer', async () => {
    const unhandled: unknown[] = []
    const stopWatch = onUnhandledRejection(err => unhandled.push(err))
    const { stream, aborts } = bareStream()
    selectOptimistic(stream, '/a')
    stream.receive(concat([header, encodeLine('na')]))
    await settle()
    stopWatch()
    expect(unhandled).toEqual([])
    expect(aborts).toMatchObject([{ name: 'UnsupportedProtocolError' }])
  })

  it.each([
    ['another answer', () => concat([header, encodeLine('/b')]), 'unexpected-answer'],
    ['garbage', () => new Uint8Array(40).fill(0xff), 'malformed-line']
  ])('aborts the stream at %s', async (_, answer, code) => {
    const { stream, aborts } = bareStream()
    const { confirmed } = selectOptimistic(stream, '/a')
    stream.receive(answer())
    await expect(confirmed).rejects.toMatchObject({ name: 'MultistreamError', code })
    expect(aborts).toMatchObject([{ code }])
  })

  it('aborts the stream when the remote ends it before the echo', async () => {
    const { stream } = bareStream()
    const { confirmed } = selectOptimistic(stream, '/a')
    stream.receive(header)
    stream.receiveEnd()
    await expect(confirmed).rejects.toMatchObject({ name: 'ConnectionClosedError' })
    expect(stream.status).toBe('aborted')
  })

  it('flushes the proposal, takes the echo, and sends the end only then', async () => {
    const self = bareStream()
    const { confirmed } = selectOptimistic(self.stream, '/a')
    const closed = self.stream.close()
    await settle()
    expect(self.writes).toEqual([encodeOpening('/a')])
    expect(self.ends).toBe(0)
    self.stream.receive(encodeOpening('/a'))
    await confirmed
    await closed
    expect(self.ends).toBe(1)
    expect(self.stream.readBufferLength).toBe(0)
    self.stream.receiveEnd()
    expect(self.stream.status).toBe('closed')
  })

  it('keeps sending when we end our reading before the echo', async () => {
    const { stream, writes, aborts } = bareStream()
    const { confirmed } = selectOptimistic(stream, '/a')
    await stream.closeRead()
    await expect(confirmed).rejects.toMatchObject({ name: 'ConnectionClosedError' })
    stream.receive(encodeOpening('/a'))
    stream.send(fromUtf8('data'))
    await settle()
    expect(aborts).toEqual([])
    expect(concat(writes)).toEqual(concat([encodeOpening('/a'), fromUtf8('data')]))
  })

  it('refuses a stream that it cannot read ahead of others', () => {
    const { stream } = bareStream()
    expect(() => selectOptimistic(foreignStream(stream), '/a')).toThrow('use select()')
    expect(() => selectOptimistic(stream, '')).toThrow('cannot be the name')
  })
})
