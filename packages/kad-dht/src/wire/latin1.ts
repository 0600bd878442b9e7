/** Bytes as a string of as many characters: a key for maps. For short arrays. */
export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode.apply(undefined, bytes as unknown as number[])
}
