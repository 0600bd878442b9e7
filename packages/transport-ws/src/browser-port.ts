import type { Clock, Undo } from '@ts-libp2p/interface'
import { BROWSER_POLL_MS, MAX_BROWSER_BUFFERED_BYTES } from './limits.ts'
import type { WebSocketOwner, WebSocketPort } from './owner.ts'

/** What the remote is told of an abort: browsers cannot drop a connection without a word. */
const ABORTED_CODE = 4000

/**
 * The platform's own WebSocket. It does not tell when its buffer drains, so that is looked at now and then; and it
 * cannot be told to stop reading, so what nobody takes waits in the stream, up to its `maxReadBufferLength`.
 */
export class BrowserPort implements WebSocketPort {
  receivedBytes = 0
  private readonly ws: WebSocket
  private readonly owner: WebSocketOwner
  private readonly clock: Clock
  private stopPolling: Undo | undefined

  constructor(ws: WebSocket, owner: WebSocketOwner, clock: Clock) {
    this.ws = ws
    this.owner = owner
    this.clock = clock
    ws.binaryType = 'arraybuffer'
    ws.addEventListener('message', event => this.received(event.data))
    ws.addEventListener('close', ({ code, reason }) => {
      this.stopPolling?.()
      owner.closed(code, reason)
    })
  }

  get isOpen(): boolean {
    return this.ws.readyState === this.ws.OPEN
  }

  get unsentBytes(): number {
    return this.ws.bufferedAmount
  }

  write(messages: readonly Uint8Array[]): boolean {
    for (const message of messages) this.ws.send(message as Uint8Array<ArrayBuffer>)
    if (this.ws.bufferedAmount < MAX_BROWSER_BUFFERED_BYTES) return true
    this.poll()
    return false
  }

  read(): void {}

  close(): void {
    this.ws.close(1000)
  }

  terminate(): void {
    this.stopPolling?.()
    this.ws.close(ABORTED_CODE, 'aborted')
  }

  private received(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) {
      this.owner.receivedText()
      return
    }
    this.receivedBytes += data.byteLength
    this.owner.received(new Uint8Array(data))
  }

  private poll(): void {
    this.stopPolling = this.clock.after(BROWSER_POLL_MS, () => {
      if (this.ws.bufferedAmount > MAX_BROWSER_BUFFERED_BYTES / 2) this.poll()
      else this.owner.drained()
    })
  }
}
