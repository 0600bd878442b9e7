/**
 * ChaCha20-Poly1305 over TCP and nothing else: frames of 64 KiB on the wire, tag included, written several at a time in
 * one gathered write, read into one buffer that is used again and again.
 */
import { createCipheriv, createDecipheriv, type DecipherCCM } from 'node:crypto'
import net from 'node:net'

const CIPHER = 'chacha20-poly1305'
const KEY = Buffer.alloc(32, 1)
const TAG_BYTES = 16
const FRAME_BYTES = 64 * 1024
const BODY_BYTES = FRAME_BYTES - TAG_BYTES
/** Frames that leave in one write: 256 KiB, as much as the reader takes at once. */
const FRAMES_PER_WRITE = 4
const READ_BUFFER_BYTES = 256 * 1024

/** The nonce of frame `count`, as Noise makes it: the counter in the last eight bytes. */
function nextNonce(nonce: Buffer, count: number): Buffer {
  nonce.writeUInt32LE(count, 4)
  return nonce
}

/** Seals and writes frames until the socket is closed. */
export function floodSealed(socket: net.Socket): void {
  const body = Buffer.alloc(BODY_BYTES)
  const nonce = Buffer.alloc(12)
  let count = 0
  const fill = (): void => {
    while (!socket.destroyed) {
      socket.cork()
      for (let i = 0; i < FRAMES_PER_WRITE; i++) {
        const cipher = createCipheriv(CIPHER, KEY, nextNonce(nonce, count++), { authTagLength: TAG_BYTES })
        socket.write(cipher.update(body))
        cipher.final()
        socket.write(cipher.getAuthTag())
      }
      socket.uncork()
      if (socket.writableNeedDrain) return
    }
  }
  socket.on('drain', fill)
  fill()
}

/** Connects, asks for the flood with `request`, opens what arrives and reports the bytes of every piece. */
export function readSealed(port: number, request: Uint8Array, received: (bytes: number) => void): net.Socket {
  const opener = new Opener(received)
  const buffer = Buffer.allocUnsafe(READ_BUFFER_BYTES)
  const socket = net.connect({
    ...{ port, host: '127.0.0.1', noDelay: true },
    onread: {
      buffer,
      callback(length) {
        opener.push(buffer.subarray(0, length))
        return true
      }
    }
  })
  socket.write(request)
  return socket
}

/** Decrypts frames that arrive in pieces, without putting the pieces together first. */
class Opener {
  private readonly received: (bytes: number) => void
  private readonly nonce = Buffer.alloc(12)
  private readonly tag = Buffer.alloc(TAG_BYTES)
  private count = 0
  private at = 0
  private decipher: DecipherCCM

  constructor(received: (bytes: number) => void) {
    this.received = received
    this.decipher = this.nextDecipher()
  }

  push(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; ) from += this.step(bytes, from)
  }

  private step(bytes: Buffer, from: number): number {
    if (this.at < BODY_BYTES) {
      const piece = bytes.subarray(from, from + BODY_BYTES - this.at)
      this.received(this.decipher.update(piece).length)
      this.at += piece.length
      return piece.length
    }
    const copied = bytes.copy(this.tag, this.at - BODY_BYTES, from)
    this.at += copied
    if (this.at === FRAME_BYTES) this.finish()
    return copied
  }

  private finish(): void {
    this.decipher.setAuthTag(this.tag)
    this.decipher.final()
    this.at = 0
    this.decipher = this.nextDecipher()
  }

  private nextDecipher(): DecipherCCM {
    const nonce = nextNonce(this.nonce, this.count++)
    return createDecipheriv(CIPHER, KEY, nonce, { authTagLength: TAG_BYTES }) as unknown as DecipherCCM
  }
}
