/**
 * Mplex, the older stream muxer of libp2p, for peers that speak nothing else. It has no flow control: a reader that is
 * too slow loses its stream. Prefer yamux.
 *
 * @example
 * // in a node, behind yamux
 * const node = await createLibp2p({ streamMuxers: [yamux(), mplex()] })
 *
 * // on any connection
 * const muxer = mplex()().createStreamMuxer(connection)
 * muxer.addEventListener('stream', ({ detail: stream }) => answer(stream))
 * const stream = await muxer.createStream()
 *
 * Spec: https://github.com/libp2p/specs/blob/master/mplex/README.md
 */
import type { StreamMuxerFactory } from '@ts-libp2p/interface'
import { clockOf, type MuxerComponents, MuxerShell, muxerCounter, optional } from '@ts-libp2p/stream'
import { type MplexOptions, resolveOptions } from './options.ts'
import { Session } from './session.ts'

export { MplexError, type MplexErrorCode } from './errors.ts'
export * from './limits.ts'
export { type MplexOptions, resolveOptions, type SessionOptions } from './options.ts'
export { Session } from './session.ts'

export const MPLEX_PROTOCOL = '/mplex/6.7.0'

export type MplexMuxer = MuxerShell<Session>

export type MplexFactory = (components?: MuxerComponents) => StreamMuxerFactory<MplexMuxer>

/** Makes mplex with these options. Throws an `InvalidParametersError` for one out of range. */
export function mplex(options?: MplexOptions): MplexFactory {
  const resolved = resolveOptions(options)
  return (components = {}) => {
    const scoped = components.logger?.forComponent('libp2p:mplex')
    const given = optional(components, 'clock')
    const count = muxerCounter('mplex', components.metrics)
    return {
      protocol: MPLEX_PROTOCOL,
      createStreamMuxer(connection) {
        const log = scoped ?? connection.log
        const clock = given ?? clockOf(connection)
        return new MuxerShell({
          protocol: MPLEX_PROTOCOL,
          connection,
          log,
          clock,
          count,
          maxEarlyStreams: resolved.maxEarlyStreams,
          createCore: port => new Session(resolved, port, { log, clock })
        })
      }
    }
  }
}
