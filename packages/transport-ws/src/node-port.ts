import type { Socket } from 'node:net'
import { freeSingleUse } from '@ts-libp2p/bytes'
import type { WebSocket } from 'ws'
import { wsError } from './errors.ts'
import type { WebSocketOwner, WebSocketPort } from './owner.ts'

const BINARY = { binary: true } as const

/** A WebSocket of the `ws` library over its socket, whose buffers and backpressure are used directly. */
export class NodePort implements WebSocketPort {
  private readonly ws: WebSocket
  private readonly socket: Socket

  constructor(ws: WebSocket, socket: Socket, owner: WebSocketOwner) {
    this.ws = ws
    this.socket = socket
    // A message in several fragments comes as these, and is not copied together.
    ws.binaryType = 'fragments'
    ws.on('message', (data, isBinary) => {
      if (isBinary) for (const fragment of data as Buffer[]) owner.received(plain(fragment))
      else owner.receivedText()
    })
    ws.on('error', err => owner.failed(wsError(`connection with ${owner.remoteAddr}`, err)))
    ws.on('close', (code, reason) => owner.closed(code, reason.toString()))
    socket.on('drain', () => owner.drained())
  }

  get isOpen(): boolean {
    return this.ws.readyState === this.ws.OPEN
  }

  get unsentBytes(): number {
    return this.socket.writableLength
  }

  get receivedBytes(): number {
    return this.socket.bytesRead
  }

  write(messages: readonly Uint8Array[]): boolean {
    const last = messages.length - 1
    this.socket.cork()
    for (let i = 0; i < last; i++) this.ws.send(messages[i] as Uint8Array, BINARY)
    this.ws.send(messages[last] as Uint8Array, BINARY, () => freeSingleUse(messages))
    this.socket.uncork()
    return !this.socket.writableNeedDrain
  }

  read(wanted: boolean): void {
    if (wanted) this.ws.resume()
    else this.ws.pause()
  }

  close(): void {
    this.ws.close(1000)
  }

  terminate(): void {
    this.ws.terminate()
  }
}

/** No `Buffer`: its `slice` does not copy, which code above the transport relies on. */
function plain({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
