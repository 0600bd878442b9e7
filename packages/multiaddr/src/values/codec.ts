/** What `parse` returns for text that is no such value. */
export const INVALID = -1

/**
 * How the value of a protocol looks as text and as bytes. All work in place, on a range of a larger text or array:
 * addresses are parsed by the thousand and a slice per value would double the cost.
 */
export interface ValueCodec {
  /** Finishes the sentence "… is not …". */
  readonly expects: string
  /**
   * Writes the value in `text` from `start` to `end` to `target` at `at`, and returns the offset behind it, or
   * `INVALID`. Never throws. What does not fit is dropped, the offset returned is then past the end of `target`.
   */
  parse(text: string, start: number, end: number, target: Uint8Array, at: number): number
  /** Whether the bytes from `start` to `end` are such a value. At least one byte; the size is right where it is fixed. */
  check(bytes: Uint8Array, start: number, end: number): boolean
  /** The value as a component carries it. The bytes passed `check`. */
  format(bytes: Uint8Array, start: number, end: number): string
  /** The value as it stands in an address, where that differs from what the component carries. */
  escape?(value: string): string
  /** True when text that parses is printed the same way, so that it need not be formatted again. */
  printsAsRead(text: string, start: number): boolean
}

export const always = (): boolean => true
export const never = (): boolean => false

/** Copies, unless it does not fit; returns the offset behind it in either case. */
export function put(source: Uint8Array, target: Uint8Array, at: number): number {
  const end = at + source.byteLength
  if (end <= target.byteLength) target.set(source, at)
  return end
}
