/**
 * The one stream implementation of the stack, what stands on it and what reads it.
 *
 * @example
 * // three ways to read, one queue, backpressure in all of them
 * for await (const chunk of stream) use(chunk)
 * stream.addEventListener('message', event => use(event.data))
 * await pipe(stream, transform, stream) // it-pipe
 *
 * // the two ways to write
 * if (!stream.send(bytes)) await stream.onDrain()
 * await stream.sink(chunks)
 */

export { afterInput, defer } from '#defer'
export * from './abortable.ts'
export * from './attach.ts'
export * from './byte-stream.ts'
export * from './chunks.ts'
export * from './clock.ts'
export * from './close-through.ts'
export * from './component.ts'
export * from './connection.ts'
export * from './deadlines.ts'
export * from './dialogue.ts'
export * from './duplex.ts'
export * from './events.ts'
export { type Detach, flatten } from './foreign.ts'
export * from './inlet.ts'
export { type Layer, LayerChannel, type LayerChannelInit } from './layer-channel.ts'
export * from './limits.ts'
export * from './log.ts'
export * from './loop.ts'
export * from './merge.ts'
export * from './muxer/index.ts'
export * from './node-events.ts'
export * from './owner.ts'
export * from './pair.ts'
export * from './places.ts'
export * from './reader.ts'
export { isOver } from './state.ts'
export * from './stream-events.ts'
export * from './upgrades.ts'
export * from './web-streams.ts'
