/** A Buffer as the Uint8Array it is: its `subarray` would make more Buffers. */
export function plain(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

const EMPTY = new Uint8Array(0)

/** A decoded bytes field, empty where it is absent; the library makes a Buffer of an empty one. */
export function bytesField(field: Uint8Array | null | undefined): Uint8Array {
  return field !== null && field !== undefined && field.byteLength > 0 ? field : EMPTY
}
