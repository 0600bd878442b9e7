import type { MessageStream, StreamCloseEvent } from '@ts-libp2p/interface'
import { attachReader, isAttachable } from './attach.ts'
import { type Detach, setReading } from './foreign.ts'
import type { StreamReaderPort } from './owner.ts'

/**
 * Reads a raw connection by direct calls, and can stop: then what arrives waits in the connection, which holds its
 * remote back. That the connection was cut is told in between as well.
 */
export class Inlet {
  private readonly raw: MessageStream
  private readonly reader: StreamReaderPort
  private detach: Detach | undefined
  private isOver = false

  constructor(raw: MessageStream, reader: StreamReaderPort) {
    this.raw = raw
    this.reader = reader
    this.detach = attachReader(raw, reader)
  }

  /** Stops, or goes on. May be called from within `receive`: what is left of the chunk is still the reader's. */
  read(wanted: boolean): void {
    if (this.isOver) return
    if (!isAttachable(this.raw)) {
      setReading(this.raw, wanted)
    } else if (wanted && this.detach === undefined) {
      this.raw.removeEventListener('close', this.onClose)
      this.detach = attachReader(this.raw, this.reader)
    } else if (!wanted && this.detach !== undefined) {
      this.leave()
      this.raw.addEventListener('close', this.onClose)
    }
  }

  /** Ends the reading for good. */
  close(): void {
    this.isOver = true
    this.leave()
    this.raw.removeEventListener('close', this.onClose)
  }

  private leave(): void {
    this.detach?.()
    this.detach = undefined
  }

  // An end in good order can wait until the bytes before it are read.
  private readonly onClose = (event: StreamCloseEvent): void => {
    if (event.error !== undefined) this.reader.closed(event.error)
  }
}
