import { concat, fromHex, toHex } from '@ts-libp2p/bytes'
import type { ByteStream, MuxerCount, MuxerPort } from '@ts-libp2p/stream'
import { type Role, resolveOptions, Session, type YamuxOptions } from '../src/index.ts'

/** Notes what a session asks of its shell, and answers as told. */
class RecordingPort implements MuxerPort {
  readonly written: Uint8Array[] = []
  readonly streams: ByteStream[] = []
  readonly counts: Partial<Record<MuxerCount, number>> = {}
  readonly failures: (Error & { code?: string })[] = []
  writes = 0
  wakes = 0
  openables = 0
  empties = 0
  answers = 0
  isFull = false
  acceptsStreams = true
  onOpened: (stream: ByteStream) => void = () => {}

  wake(): void {
    this.wakes++
  }

  write(buffers: Uint8Array[]): boolean {
    this.writes++
    this.written.push(...buffers)
    return !this.isFull
  }

  opened(stream: ByteStream): boolean {
    this.streams.push(stream)
    this.onOpened(stream)
    return this.acceptsStreams
  }

  openable(): void {
    this.openables++
  }

  emptied(): void {
    this.empties++
  }

  answered(): void {
    this.answers++
  }

  failed(err: Error): void {
    this.failures.push(err)
  }

  count(what: MuxerCount): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }

  /** Everything written so far, forgotten afterwards. */
  take(): Uint8Array {
    return concat(this.written.splice(0))
  }
}

export interface Bench {
  session: Session
  port: RecordingPort
  /** Receives hex and returns what is written in answer, frame by frame, bodies after a colon. */
  say(...hex: string[]): string[]
  /** What is written without being asked. */
  flush(now?: number): string[]
}

export function bench(role: Role, options: YamuxOptions = {}): Bench {
  const port = new RecordingPort()
  const session = new Session(role, resolveOptions({ keepAliveInterval: 0, ...options }), port)
  const flush = (now = 0): string[] => {
    session.flush(now)
    return frames(port.take())
  }
  return {
    session,
    port,
    flush,
    say(...hex) {
      for (const text of hex) session.receive(fromHex(text), 0)
      return flush()
    }
  }
}

const TYPES = ['Data', 'WindowUpdate', 'Ping', 'GoAway']
const FLAGS = ['SYN', 'ACK', 'FIN', 'RST']

/** Frames as text: `Data·SYN 1: 68656c6c6f`, `WindowUpdate 1 +262144`. The simple twin of the session's parser. */
export function frames(bytes: Uint8Array): string[] {
  const out: string[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.byteLength; ) {
    const type = view.getUint8(at + 1)
    const flags = view.getUint16(at + 2)
    const length = view.getUint32(at + 8)
    const names = FLAGS.filter((_, bit) => flags & (1 << bit))
    const body = type === 0 ? bytes.subarray(at + 12, at + 12 + length) : new Uint8Array(0)
    const head = `${[TYPES[type], ...names].join('·')} ${view.getUint32(at + 4)}`
    out.push(type === 0 ? `${head}: ${toHex(body)}` : `${head} ${length}`)
    at += 12 + body.byteLength
  }
  return out
}

/** A frame in hex, with its body. */
export function frame(type: number, flags: number, id: number, length: number, body = ''): string {
  const view = new DataView(new ArrayBuffer(12))
  view.setUint8(1, type)
  view.setUint16(2, flags)
  view.setUint32(4, id)
  view.setUint32(8, length)
  return toHex(new Uint8Array(view.buffer)) + body
}

export function data(id: number, bytes: number, flags = 0): string {
  return frame(0, flags, id, bytes, '61'.repeat(bytes))
}
