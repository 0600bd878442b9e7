import { echo } from '../../packages/ping/src/echo.ts'
import { feed, quietStream, settled } from '../src/quiet-stream.ts'
import type { Target } from '../src/target.ts'

/** What a pinger sends: it comes back in whole pings, or the stream fails. */
export const target: Target = {
  name: 'ping',
  maxBytes: 400,
  seeds: () => [new Uint8Array(32), new Uint8Array(96)],
  async run(input, random) {
    const stream = quietStream()
    const echoing = echo(stream)
    feed(stream, input, random)
    await settled(echoing)
  }
}
