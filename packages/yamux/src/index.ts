/**
 * Yamux, the stream muxer of libp2p: many streams over one connection, each with credit of its own. Credit returns to
 * the remote when the application takes bytes, so a reader that stops reading stops its sender and nobody else.
 *
 * @example
 * // in a node
 * const node = await createLibp2p({ streamMuxers: [yamux()] })
 *
 * // on any connection
 * const muxer = yamux()().createStreamMuxer(connection)
 * muxer.addEventListener('stream', ({ detail: stream }) => answer(stream))
 * const stream = await muxer.createStream()
 *
 * Spec: https://github.com/libp2p/specs/blob/master/yamux/README.md
 */
import type { StreamMuxerFactory } from '@ts-libp2p/interface'
import { clockOf, type MuxerComponents, muxerCounter, optional } from '@ts-libp2p/stream'
import { YAMUX_PROTOCOL, YamuxMuxer } from './muxer.ts'
import { resolveOptions, type YamuxOptions } from './options.ts'

export { YamuxError, type YamuxErrorCode, YamuxResetError } from './errors.ts'
export * from './frame.ts'
export * from './limits.ts'
export { YAMUX_PROTOCOL, YamuxMuxer, type YamuxMuxerInit } from './muxer.ts'
export { resolveOptions, type SessionOptions, type YamuxOptions } from './options.ts'
export { type Role, Session } from './session.ts'

export type YamuxFactory = (components?: MuxerComponents) => StreamMuxerFactory<YamuxMuxer>

/** Makes yamux with these options. Throws an `InvalidParametersError` for one out of range. */
export function yamux(options?: YamuxOptions): YamuxFactory {
  const resolved = resolveOptions(options)
  return (components = {}) => {
    const log = components.logger?.forComponent('libp2p:yamux')
    const clock = optional(components, 'clock')
    const count = muxerCounter('yamux', components.metrics)
    return {
      protocol: YAMUX_PROTOCOL,
      createStreamMuxer(connection) {
        return new YamuxMuxer({ connection, options: resolved, log, clock: clock ?? clockOf(connection), count })
      }
    }
  }
}
