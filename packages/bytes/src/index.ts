/**
 * The words that wire formats are made of: unsigned varints, a cursor, length-prefixed messages and ropes.
 *
 * @example
 * import { Cursor, lengthPrefixed } from '@ts-libp2p/bytes'
 * const wire = lengthPrefixed(fromUtf8('hello'))
 * const cursor = new Cursor(wire)
 * toUtf8(cursor.take(cursor.varint())) // 'hello'
 *
 * Varints follow https://github.com/multiformats/unsigned-varint
 */
export { bytesEqual } from '#equal'
export * from './base58.ts'
export * from './concat.ts'
export * from './cursor.ts'
export * from './empty.ts'
export * from './errors.ts'
export * from './length-prefix.ts'
export * from './limits.ts'
export * from './multibase.ts'
export * from './proto-fixed64.ts'
export * from './proto-int32.ts'
export * from './proto-packed.ts'
export * from './proto-reader.ts'
export * from './proto-writer.ts'
export * from './rope.ts'
export * from './single-use.ts'
export * from './text.ts'
export * from './varint.ts'
