import { concat } from '@ts-libp2p/bytes'
import { CipherState, noiseChannel } from '@ts-libp2p/noise'
import { feed, quietStream } from '../src/quiet-stream.ts'
import { must, type Target } from '../src/target.ts'

const KEY = new Uint8Array(32).fill(7)
const ciphers = () => ({ send: new CipherState(KEY), receive: new CipherState(KEY) })

function sealed(...lengths: number[]): Uint8Array {
  const cipher = new CipherState(KEY)
  return concat(
    lengths.flatMap(length => {
      const message = cipher.encrypt(new Uint8Array(length))
      return [Uint8Array.of(message.byteLength >>> 8, message.byteLength), message]
    })
  )
}

/** Messages after the handshake, cut anywhere. What is not authentic never comes out. */
export const target: Target = {
  name: 'noise-frames',
  maxBytes: 6000,
  seeds: () => [sealed(0), sealed(1, 100, 3), sealed(3000), sealed(10, 10, 10, 10)],
  async run(input, random) {
    const raw = quietStream()
    const { stream } = noiseChannel(raw, ciphers())
    const received: Uint8Array[] = []
    stream.addEventListener('message', ({ data }) => received.push(data.subarray()))
    feed(raw, input, random)
    await Promise.resolve()
    must(
      received.every(chunk => chunk.every(byte => byte === 0)),
      'what nobody sent came out'
    )
  }
}
