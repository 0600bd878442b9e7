export type BytesErrorCode =
  | 'truncated'
  | 'varint-too-long'
  | 'varint-not-minimal'
  | 'too-large'
  | 'not-utf8'
  | 'not-protobuf'
  | 'not-hex'

/** Malformed or oversized input. */
export class BytesError extends Error {
  override readonly name = 'BytesError'
  readonly code: BytesErrorCode

  constructor(code: BytesErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
