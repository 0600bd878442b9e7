import type { ProtoWriter } from './proto-writer.ts'

// Apart from the writer: hardly any message has such a field.

/** Also for enums. With tag 0 as an element of a packed field. */
export function writeInt32(writer: ProtoWriter, tag: number, value: number): void {
  if (value >= 0) writer.uint32(tag, value)
  else writer.uint64(tag, BigInt(value | 0))
}
