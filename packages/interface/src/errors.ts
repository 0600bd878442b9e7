/**
 * The base of every error of the stack. `name` says which kind it is and `code` which case of that kind; both are
 * stable, and `cause` keeps what lay beneath. Match on them rather than with `instanceof`, which fails across copies
 * of a package.
 *
 * A package has one class: `class YamuxError extends Libp2pError<'window-exceeded' | …> {}`.
 */
export class Libp2pError<Code extends string = string> extends Error {
  readonly code: Code

  constructor(name: string, code: Code, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = name
    this.code = code
  }
}

/** The caller gave something that cannot work; the message says what to change. */
export class InvalidParametersError extends Libp2pError<'invalid-parameters'> {
  constructor(message: string, options?: ErrorOptions) {
    super('InvalidParametersError', 'invalid-parameters', message, options)
  }
}

/** Somebody else than expected is at the far side. */
export class UnexpectedPeerError extends Libp2pError<'unexpected-peer'> {
  constructor(message: string, options?: ErrorOptions) {
    super('UnexpectedPeerError', 'unexpected-peer', message, options)
  }
}

/** The remote speaks none of the protocols offered. */
export class UnsupportedProtocolError extends Libp2pError<'unsupported-protocol'> {
  constructor(message: string, options?: ErrorOptions) {
    super('UnsupportedProtocolError', 'unsupported-protocol', message, options)
  }
}

/** A deadline passed. */
export class TimeoutError extends Libp2pError<'timeout'> {
  constructor(message: string, options?: ErrorOptions) {
    super('TimeoutError', 'timeout', message, options)
  }
}

/** There is no such thing here. */
export class NotFoundError extends Libp2pError<'not-found'> {
  constructor(message: string, options?: ErrorOptions) {
    super('NotFoundError', 'not-found', message, options)
  }
}

/** The remote sent what the protocol does not allow. */
export class ProtocolError extends Libp2pError<'protocol-error'> {
  constructor(message: string, options?: ErrorOptions) {
    super('ProtocolError', 'protocol-error', message, options)
  }
}

/** The stream was ended by the remote or by the layer below; `cause` says why where it is known. */
export class StreamResetError extends Libp2pError<'reset'> {
  constructor(message = 'the stream was reset by the remote', options?: ErrorOptions) {
    super('StreamResetError', 'reset', message, options)
  }
}

/** The stream is not in a state that allows this. */
export class StreamStateError extends Libp2pError<'stream-state'> {
  constructor(message: string, options?: ErrorOptions) {
    super('StreamStateError', 'stream-state', message, options)
  }
}

/** A bounded buffer of the stream is full. */
export class StreamBufferError extends Libp2pError<'buffer-full'> {
  constructor(message: string, options?: ErrorOptions) {
    super('StreamBufferError', 'buffer-full', message, options)
  }
}

export class ConnectionClosedError extends Libp2pError<'connection-closed'> {
  constructor(message = 'the connection is closed', options?: ErrorOptions) {
    super('ConnectionClosedError', 'connection-closed', message, options)
  }
}

export class MuxerClosedError extends Libp2pError<'muxer-closed'> {
  constructor(message = 'the muxer is closed', options?: ErrorOptions) {
    super('MuxerClosedError', 'muxer-closed', message, options)
  }
}

/** A relay's connection does not carry this protocol unless it is asked to. */
export class LimitedConnectionError extends Libp2pError<'limited-connection'> {
  constructor(message: string, options?: ErrorOptions) {
    super('LimitedConnectionError', 'limited-connection', message, options)
  }
}

export class NotStartedError extends Libp2pError<'not-started'> {
  constructor(message = 'the node is not started', options?: ErrorOptions) {
    super('NotStartedError', 'not-started', message, options)
  }
}

/** An operation was cancelled and its signal carried no reason of its own. */
export class AbortError extends Libp2pError<'aborted'> {
  constructor(message = 'the operation was aborted', options?: ErrorOptions) {
    super('AbortError', 'aborted', message, options)
  }
}
