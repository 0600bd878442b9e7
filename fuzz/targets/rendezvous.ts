import {
  decodeDiscoverAnswer,
  decodeRegisterAnswer,
  decodeRequest,
  encodeRequest
} from '../../packages/rendezvous/src/messages.ts'
import type { Target } from '../src/target.ts'

/** Requests of a rendezvous point, and its answers. */
export const target: Target = {
  name: 'rendezvous',
  maxBytes: 2000,
  seeds: () => [
    encodeRequest({ type: 'register', ns: 'chat', record: new Uint8Array(100), ttlSeconds: 7200 }),
    encodeRequest({ type: 'unregister', ns: 'chat' }),
    encodeRequest({ type: 'discover', ns: 'chat', limit: 10, cookie: new Uint8Array(20) })
  ],
  run(input, random) {
    const read = random.pick([decodeRequest, decodeRegisterAnswer, decodeDiscoverAnswer] as const)
    read(input)
  }
}
