import type { ProtoReader } from './proto-reader.ts'
import type { ProtoWriter } from './proto-writer.ts'

// Apart from the reader and the writer: hardly any message has a list of numbers.

/** Reads the elements of a packed field into `values`. */
export function readPacked<T>(reader: ProtoReader, values: T[], read: () => T): void {
  reader.message(() => {
    while (!reader.isAtEnd) values.push(read())
  })
}

/** Elements in one field; `write` gets each, to be written with tag 0. */
export function writePacked<T>(
  writer: ProtoWriter,
  tag: number,
  values: readonly T[],
  write: (value: T) => void
): void {
  writer.message(tag, values, () => {
    for (let i = values.length; i > 0; i--) write(values[i - 1] as T)
  })
}
