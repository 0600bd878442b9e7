import {
  type MessageStream,
  type Stream,
  type StreamCloseEvent,
  type StreamMessageEvent,
  StreamResetError
} from '@ts-libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import { defer } from '#defer'
import { toError } from './abortable.ts'
import type { StreamReaderPort } from './owner.ts'
import { isOver } from './state.ts'

/** Ends an attachment; bytes read too far go back to the stream. */
export type Detach = (leftover?: Uint8Array) => void

/** One array of what may be a list of them: the array itself, or a copy. */
export function flatten(data: Uint8Array | Uint8ArrayList): Uint8Array {
  return data instanceof Uint8Array ? data : data.subarray()
}

/**
 * Reads a stream of another make through its events, and with the same promises as one of ours.
 *
 * js-libp2p's tell an end only to those who listen already, and may tell it before the last bytes: those of the same
 * frame, or those that were given back. So where the stream stands counts, and not only what it says.
 */
export function listenTo(stream: MessageStream, reader: StreamReaderPort): Detach {
  const listening = new Listening(stream, reader)
  return leftover => listening.stop(leftover)
}

class Listening {
  private readonly stream: MessageStream
  private readonly reader: StreamReaderPort
  private isOver = false
  private isEndTold = false
  /** The stream closed in good order while bytes waited in it. */
  private isCloseDue = false
  private isCheckDue = false

  constructor(stream: MessageStream, reader: StreamReaderPort) {
    this.stream = stream
    this.reader = reader
    stream.addEventListener('message', this.onMessage)
    stream.addEventListener('remoteCloseWrite', this.checkLater)
    stream.addEventListener('end', this.checkLater)
    stream.addEventListener('close', this.onClose)
    if (hasEnded(stream) || isOver(stream.status)) this.checkLater()
  }

  stop(leftover?: Uint8Array): void {
    if (this.isOver) return
    this.isOver = true
    this.stream.removeEventListener('message', this.onMessage)
    this.stream.removeEventListener('remoteCloseWrite', this.checkLater)
    this.stream.removeEventListener('end', this.checkLater)
    this.stream.removeEventListener('close', this.onClose)
    if (leftover !== undefined && leftover.byteLength > 0) giveBack(this.stream, leftover)
  }

  private readonly onMessage = ({ data }: StreamMessageEvent): void => {
    try {
      this.reader.receive(flatten(data))
    } catch (err) {
      this.stream.abort(toError(err))
    }
    if (hasEnded(this.stream)) this.checkLater()
  }

  private readonly onClose = ({ error }: StreamCloseEvent): void => {
    if (error !== undefined) this.close(error)
    else {
      this.isCloseDue = true
      this.checkLater()
    }
  }

  /** By then the bytes that came along with the end were received. */
  private readonly checkLater = (): void => {
    if (this.isCheckDue || this.isOver) return
    this.isCheckDue = true
    defer(() => {
      this.isCheckDue = false
      if (!this.isOver) this.check()
    })
  }

  private check(): void {
    const { stream } = this
    if (stream.status === 'aborted' || stream.status === 'reset') {
      this.close(new StreamResetError(`the stream was ${stream.status}`))
      return
    }
    if (!hasEnded(stream)) return
    if (!this.isEndTold) this.tellEnd()
    if (this.isCloseDue || stream.status === 'closed') this.close()
  }

  private tellEnd(): void {
    this.isEndTold = true
    try {
      this.reader.end()
    } catch (err) {
      this.stream.abort(toError(err))
    }
  }

  private close(error?: Error): void {
    if (this.isOver) return
    this.stop()
    this.reader.closed(error)
  }
}

/** Everything that the remote sent was taken, and no more will come. */
function hasEnded(stream: MessageStream): boolean {
  if (stream.readBufferLength > 0) return false
  return (
    stream.readableEnded || stream.status === 'closed' || (stream as Partial<Stream>).remoteWriteStatus === 'closed'
  )
}

function giveBack(stream: MessageStream, bytes: Uint8Array): void {
  try {
    stream.unshift(bytes)
  } catch (err) {
    // js-libp2p's take nothing back after the end. Whoever reads on would miss it, and must not think all is well.
    stream.abort(toError(err))
  }
}

/** Pauses or goes on, where that can be done: js-libp2p's throw when they are asked at their end. */
export function setReading(stream: MessageStream, wanted: boolean): void {
  const { readStatus } = stream as Partial<Stream>
  if (readStatus === 'closing' || readStatus === 'closed') return
  if (wanted) stream.resume()
  else stream.pause()
}
