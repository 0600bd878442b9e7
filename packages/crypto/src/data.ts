/** Bytes in one array, or in a rope such as the ecosystem's `Uint8ArrayList`, which `subarray()` joins. */
export type Data = Uint8Array | { subarray(): Uint8Array }

export function toBytes(data: Data): Uint8Array {
  return data instanceof Uint8Array ? data : data.subarray()
}
