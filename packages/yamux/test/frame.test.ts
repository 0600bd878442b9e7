import { fromHex, toHex } from '@ts-libp2p/bytes'
import { describe, expect, it } from 'vitest'
import { encodeHeader, readHeader } from '../src/index.ts'
import { bench, frames } from './recording-port.ts'
import vectors from './vectors/frames.json' with { type: 'json' }

const empty = () => ({ version: 0, type: 0, flags: 0, id: 0, length: 0 })
const headers = vectors.cases.filter(c => c.kind === 'header')
const dataFrames = vectors.cases.filter(c => c.kind === 'data-frame')
const invalid = vectors.cases.filter(c => c.kind === 'invalid-header')

describe('frame vectors', () => {
  it('are all there', () => {
    expect([headers.length, dataFrames.length, invalid.length]).toEqual([41, 4, 4])
  })

  it.each(headers)('$id: header of $source', ({ type, flags, stream_id, length, hex }) => {
    const header = { version: 0, type, flags, id: stream_id, length }
    expect(readHeader(fromHex(hex), 0, empty())).toEqual(header)
    expect(toHex(encodeHeader(type as number, flags as number, stream_id as number, length as number))).toBe(hex)
  })

  it.each(headers)('$id: at an offset', ({ flags, stream_id, hex }) => {
    const header = readHeader(fromHex(`ffffff${hex}ff`), 3, empty())
    expect([header.version, header.flags, header.id]).toEqual([0, flags, stream_id])
  })

  it.each(dataFrames)('$id: data frame reaches its stream whole', ({ stream_id, payload, hex, flags }) => {
    const id = stream_id as number
    const { port, session, say } = bench(id % 2 === 1 ? 'server' : 'client')
    if (!((flags as number) & 1)) say(toHex(encodeHeader(1, 1, id, 0)))
    session.receive(fromHex(hex), 0)
    const [stream] = port.streams
    expect(stream?.readBufferLength).toBe((payload as string).length / 2)
    expect(stream?.remoteWriteStatus).toBe((flags as number) & 4 ? 'closed' : 'writable')
  })

  it.each(invalid)('$id: $reason is refused', ({ hex }) => {
    const { port, session } = bench('server')
    session.receive(fromHex(hex), 0)
    expect(frames(port.take())).toEqual(['GoAway 0 1'])
    expect(port.failures[0]?.name).toBe('YamuxError')
  })
})
