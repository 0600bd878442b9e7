import { Rope } from '@ts-libp2p/bytes'
import type { Stream } from '@ts-libp2p/interface'
import { chunksOf } from '@ts-libp2p/stream'
import { PingError } from './errors.ts'
import { PING_BYTES } from './limits.ts'

/**
 * Sends every whole ping back until the remote ends its stream, then ends ours. A remote that does not read its echoes
 * is not read from either.
 */
export async function echo(stream: Stream): Promise<void> {
  const input = new Rope()
  for await (const chunk of chunksOf(stream)) {
    input.push(chunk)
    const whole = input.byteLength - (input.byteLength % PING_BYTES)
    if (whole > 0 && !stream.send(input.take(whole))) await stream.onDrain()
  }
  if (input.byteLength > 0) {
    throw new PingError('incomplete', `the remote ended its stream after ${input.byteLength} bytes of a ping`)
  }
  await stream.close()
}
