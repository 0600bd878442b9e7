import { concat } from '@ts-libp2p/bytes'
import { randomChunks } from '@ts-libp2p/testing'
import { encodeHeader, resolveOptions, Session } from '@ts-libp2p/yamux'
import { SinkPort } from '../src/sink-port.ts'
import { must, type Target } from '../src/target.ts'

const frame = (type: number, flags: number, id: number, length: number, body = 0): Uint8Array =>
  concat([encodeHeader(type, flags, id, length), new Uint8Array(body)])
const options = resolveOptions({ keepAliveInterval: 0 })

/** A session that hears anything: it goes on or ends, never throws, and holds no more than its windows. */
export const target: Target = {
  name: 'yamux',
  seeds: () => [
    concat([frame(1, 1, 1, 0), frame(0, 0, 1, 5, 5), frame(1, 4, 1, 0)]),
    concat([frame(0, 1, 1, 10, 10), frame(1, 0, 1, 1000), frame(1, 8, 1, 0)]),
    concat([frame(2, 1, 0, 7), frame(2, 2, 0, 1), frame(3, 0, 0, 0)]),
    concat([frame(1, 1, 2, 0), frame(1, 2, 1, 0), frame(0, 5, 3, 100, 100)])
  ],
  run(input, random) {
    const port = new SinkPort()
    const session = new Session(random.chance(0.5) ? 'server' : 'client', options, port)
    if (random.chance(0.5)) session.openStream({})
    for (const chunk of randomChunks(input, random)) {
      session.receive(chunk, 0)
      if (random.chance(0.5)) session.flush(0)
      if (random.chance(0.1))
        random.pick(session.table.streams.length > 0 ? session.table.streams : [undefined])?.abort(new Error('x'))
    }
    session.flush(0)
    const unread = session.table.streams.reduce((sum, stream) => sum + stream.readBufferLength, 0)
    must(unread <= input.byteLength, 'streams hold more than came')
    must(port.failures.length <= 1, 'it fails twice')
    if (port.failures[0] !== undefined) throw port.failures[0]
  }
}
