import { randomChunks } from '@ts-libp2p/testing'
import { encodeRequest, RequestParser } from '../../packages/perf/src/request.ts'
import { must, type Target } from '../src/target.ts'

/** How many bytes a client asks for. */
export const target: Target = {
  name: 'perf-request',
  maxBytes: 40,
  seeds: () => [0, 1, 2 ** 40, Number.MAX_SAFE_INTEGER].map(n => encodeRequest(n)),
  run(input, random) {
    const request = new RequestParser()
    for (const chunk of randomChunks(input, random)) request.push(chunk, 2 ** 50)
    must(request.receiveBytes() <= 2 ** 50, 'more than is allowed')
  }
}
