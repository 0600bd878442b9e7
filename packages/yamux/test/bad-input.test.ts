import { fromHex } from '@ts-libp2p/bytes'
import { describe, expect, it } from 'vitest'
import { bench, data, frame, frames } from './recording-port.ts'

const open = frame(1, 1, 1, 0)
const KIB = 1024

describe('a peer that breaks the protocol', () => {
  it.each([
    ['version 1', 'bad-version', ['01 00 0000 00000001 00000000']],
    ['type 4', 'bad-type', ['00 04 0000 00000001 00000000']],
    ['type 255', 'bad-type', ['00 ff 0000 00000001 00000000']],
    ['a ping that neither asks nor answers', 'bad-flags', [frame(2, 0, 0, 1)]],
    ['a pong that nobody asked for', 'unexpected-pong', [frame(2, 2, 0, 1)]],
    ['data on the session', 'bad-stream-id', [frame(0, 0, 0, 0)]],
    ['credit for the session', 'bad-stream-id', [frame(1, 0, 0, 9)]],
    ['opening the session', 'bad-stream-id', [frame(1, 1, 0, 0)]],
    ['opening a stream of our side', 'bad-stream-id', [frame(1, 1, 2, 0)]],
    ['opening a stream of our side with data', 'bad-stream-id', [data(2, 3, 1)]],
    ['opening a stream twice', 'duplicate-stream', [open, open]],
    ['opening a stream twice, resetting it', 'duplicate-stream', [open, frame(1, 9, 1, 0)]],
    ['a first frame over the window', 'window-exceeded', [frame(0, 1, 1, 256 * KIB + 1)]],
    ['a frame over the window', 'window-exceeded', [open, frame(0, 0, 1, 256 * KIB + 1)]],
    ['a byte over the window', 'window-exceeded', [open, data(1, 256 * KIB), frame(0, 0, 1, 1)]],
    ['4 GiB on a stream', 'window-exceeded', [open, frame(0, 0, 1, 0xffffffff)]],
    ['4 GiB on no stream', 'window-exceeded', [frame(0, 0, 9, 0xffffffff)]]
  ])('%s: %s', (_, code, hex) => {
    const { session, port } = bench('server')
    for (const text of hex) session.receive(fromHex(text), 0)
    session.flush(0)
    expect(port.failures).toEqual([expect.objectContaining({ name: 'YamuxError', code })])
    expect(frames(port.take()).at(-1)).toBe('GoAway 0 1')
    expect(port.counts.failed).toBe(1)
    for (const stream of port.streams) expect(stream.status).toBe('reset')
  })

  it('costs every stream its reason', () => {
    const { session, port } = bench('server')
    session.receive(fromHex(open), 0)
    let error: Error | undefined
    port.streams[0]?.addEventListener('close', event => {
      error = event.error
    })
    session.receive(fromHex(frame(2, 2, 0, 5)), 0)
    expect(error).toMatchObject({ name: 'StreamResetError', cause: { code: 'unexpected-pong' } })
  })

  it('is not heard any more', () => {
    const { session, port } = bench('server')
    session.receive(fromHex(`0400${open.slice(4)}${open}${open}`), 0)
    session.receive(fromHex(open), 0)
    expect([port.streams.length, port.failures.length]).toEqual([0, 1])
  })

  it('may use its window to the last byte', () => {
    const { say, port } = bench('server')
    expect(say(open, data(1, 256 * KIB))).toEqual(['WindowUpdate·ACK 1 0'])
    expect([port.streams[0]?.readBufferLength, port.streams[0]?.status]).toEqual([256 * KIB, 'open'])
  })

  it('cannot overflow the credit that it gives', () => {
    const { session, say, port } = bench('client')
    const stream = session.openStream({})
    say(frame(1, 2, 1, 0xffffffff), frame(1, 0, 1, 0xffffffff), frame(1, 0, 1, 0x80000000))
    stream.send(new Uint8Array(10))
    expect(say()).toEqual([`Data 1: ${'00'.repeat(10)}`])
    expect(port.failures).toEqual([])
  })
})

describe('a peer that asks too much', () => {
  it('has streams over the limit reset, and only those', () => {
    const { say, port } = bench('server', { maxInboundStreams: 2 })
    expect(say(open, frame(1, 1, 3, 0), data(5, 4, 1), data(5, 9))).toEqual([
      'WindowUpdate·RST 5 0',
      'WindowUpdate·ACK 1 0',
      'WindowUpdate·ACK 3 0'
    ])
    port.streams[0]?.abort(new Error('done'))
    expect(say(frame(1, 1, 7, 0))).toEqual(['WindowUpdate·RST 1 0', 'WindowUpdate·ACK 7 0'])
    expect(port.counts).toEqual({ inbound: 3, rejected: 1 })
  })

  it('has a stream reset that nobody wants', () => {
    const { say, port } = bench('server')
    port.acceptsStreams = false
    expect(say(open)).toEqual(['WindowUpdate·RST 1 0'])
    expect(port.counts).toEqual({ inbound: 1, rejected: 1 })
  })

  it('is hung up on when it pings and does not read the answers', () => {
    const { session, port } = bench('server')
    for (let i = 0; i < 64; i++) session.receive(fromHex(frame(2, 1, 0, i)), 0)
    expect(port.failures).toEqual([])
    session.receive(fromHex(frame(2, 1, 0, 64)), 0)
    expect(port.failures[0]?.code).toBe('control-overflow')
  })

  it('is hung up on when it collects resets and does not read them', () => {
    const { session, port } = bench('server', { maxInboundStreams: 0, maxOutboundStreams: 0 })
    for (let id = 1; port.failures.length === 0; id += 2) session.receive(fromHex(frame(1, 1, id, 0)), 0)
    expect(port.failures[0]?.code).toBe('control-overflow')
    expect(port.counts.rejected).toBe(513)
  })

  it('is hung up on when our own resets cannot leave', () => {
    const { session, port } = bench('server', { maxInboundStreams: 1, maxOutboundStreams: 0 })
    port.onOpened = stream => stream.abort(new Error('no'))
    for (let id = 1; port.failures.length === 0 && id < 10_000; id += 2) session.receive(fromHex(frame(1, 1, id, 0)), 0)
    expect(port.failures[0]?.code).toBe('control-overflow')
    expect(port.counts.inbound).toBe(514)
  })

  it('is hung up on when it opens and resets in a flood', () => {
    const { session, port } = bench('server')
    let opened = 0
    for (let id = 1; port.failures.length === 0; id += 2, opened++) {
      session.receive(fromHex(frame(1, 1, id, 0) + frame(1, 8, id, 0)), 0)
      session.flush(0)
    }
    expect([port.failures[0]?.code, opened]).toEqual(['too-much-churn', 2049])
  })

  it('is hung up on when it opens streams in a flood that we cannot but reset', () => {
    const { session, port } = bench('server')
    port.onOpened = stream => stream.abort(new Error('nonsense'))
    let opened = 0
    for (let id = 1; port.failures.length === 0 && opened < 5000; id += 2, opened++) {
      session.receive(fromHex(frame(1, 1, id, 0)), 0)
      session.flush(0)
    }
    expect([port.failures[0]?.code, opened]).toEqual(['too-much-churn', 2049])
  })

  it('may reset streams at a human pace for ever', () => {
    const { session, port } = bench('server')
    for (let i = 0; i < 10_000; i++) {
      session.receive(fromHex(frame(1, 1, i * 2 + 1, 0) + frame(1, 8, i * 2 + 1, 0)), i * 5)
      session.flush(i * 5)
    }
    expect([port.failures, port.counts.reset]).toEqual([[], 10_000])
  })

  it('cannot make us hold frames for it: credit is told once however much is due', () => {
    const { session, port, say } = bench('server')
    say(open)
    port.streams[0]?.addEventListener('message', () => {})
    port.isFull = true
    session.receive(fromHex(data(1, 150 * KIB)), 0)
    session.receive(fromHex(data(1, 100 * KIB)), 0)
    port.isFull = false
    expect(say()).toEqual(['WindowUpdate 1 256000'])
  })
})
