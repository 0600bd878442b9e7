import type { MuxerPort } from '@ts-libp2p/stream'
import { bench, describe } from 'vitest'
import { DATA, encodeHeader, SYN, WINDOW_UPDATE } from '../src/frame.ts'
import { resolveOptions } from '../src/options.ts'
import { Session } from '../src/session.ts'

const nothing = (): void => {}
const port: MuxerPort = {
  ...{ wake: nothing, openable: nothing, emptied: nothing, answered: nothing, failed: nothing, count: nothing },
  write: () => true,
  opened: stream => {
    stream.addEventListener('message', nothing)
    return true
  }
}

describe.each([32, 1024, 65_536])('data frame of %i bytes', length => {
  const receiver = new Session('server', resolveOptions(), port)
  receiver.receive(encodeHeader(WINDOW_UPDATE, SYN, 1, 0), 0)
  const header = encodeHeader(DATA, 0, 1, length)
  const frame = new Uint8Array(header.byteLength + length)
  frame.set(header)
  bench('in: received, credited and granted again', () => {
    receiver.receive(frame, 0)
    receiver.flush(0)
  })

  const sender = new Session('client', resolveOptions(), port)
  const stream = sender.openStream({})
  const credit = encodeHeader(WINDOW_UPDATE, 0, 1, length)
  const body = new Uint8Array(length)
  bench('out: credit taken, sent and written', () => {
    sender.receive(credit, 0)
    stream.send(body)
    sender.flush(0)
  })
})
