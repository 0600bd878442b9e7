import { concat, encodeVarint } from '@ts-libp2p/bytes'
import { resolveOptions, Session } from '@ts-libp2p/mplex'
import { randomChunks } from '@ts-libp2p/testing'
import { SinkPort } from '../src/sink-port.ts'
import { must, type Target } from '../src/target.ts'

const frame = (id: number, flag: number, body: number): Uint8Array =>
  concat([encodeVarint(id * 8 + flag), encodeVarint(body), new Uint8Array(body)])
const options = resolveOptions({ maxUnreadBytes: 3000 })

/** A session that hears anything. */
export const target: Target = {
  name: 'mplex',
  seeds: () => [
    concat([frame(0, 0, 1), frame(0, 2, 10), frame(0, 4, 0)]),
    concat([frame(7, 0, 0), frame(7, 2, 300), frame(7, 6, 0)]),
    concat([frame(0, 1, 5), frame(0, 3, 0), frame(0, 5, 0)])
  ],
  run(input, random) {
    const port = new SinkPort()
    const session = new Session(options, port)
    if (random.chance(0.5)) session.openStream({})
    for (const chunk of randomChunks(input, random)) {
      session.receive(chunk, 0)
      if (random.chance(0.5)) session.flush(0)
    }
    session.flush(0)
    const unread = session.table.streams.reduce((sum, stream) => sum + stream.readBufferLength, 0)
    must(unread <= 3000, 'streams hold more than they may')
    if (port.failures[0] !== undefined) throw port.failures[0]
  }
}
