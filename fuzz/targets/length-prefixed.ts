import { bytesEqual, concat, fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import { StreamReader } from '@ts-libp2p/stream'
import { feed, quietStream, settled } from '../src/quiet-stream.ts'
import { must, type Target } from '../src/target.ts'

const LIMIT = 1000

/** Messages with their length before them, as services read them from streams, in any pieces. */
export const target: Target = {
  name: 'length-prefixed',
  seeds: () => {
    const messages = [new Uint8Array(0), fromUtf8('hello'), new Uint8Array(300)].map(m => lengthPrefixed(m))
    return [...messages, concat(messages)]
  },
  async run(input, random) {
    const stream = quietStream()
    const reader = new StreamReader(stream)
    feed(stream, input, random)
    let read = 0
    for (;;) {
      const message = await settled(reader.readMessageOrEnd({ limitBytes: LIMIT }))
      if (message === undefined) return
      must(message.byteLength <= LIMIT, 'it reads a message over the limit')
      const wire = lengthPrefixed(message)
      must(bytesEqual(wire, input.subarray(read, read + wire.byteLength)), 'it reads what was not sent')
      read += wire.byteLength
    }
  }
}
