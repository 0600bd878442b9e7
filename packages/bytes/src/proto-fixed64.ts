import type { ProtoReader } from './proto-reader.ts'
import type { ProtoWriter } from './proto-writer.ts'

// Apart from the reader and the writer: hardly any message has such a field.

export function readFixed64(reader: ProtoReader): bigint {
  const { buffer, byteOffset } = reader.raw(8)
  return new DataView(buffer, byteOffset).getBigUint64(0, true)
}

/** With tag 0 as an element of a packed field. */
export function writeFixed64(writer: ProtoWriter, tag: number, value: bigint | number): void {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true)
  writer.raw(bytes)
  if (tag > 0) writer.uint32(0, tag)
}
