import { concat, fromHex, readVarint, toHex } from '@ts-libp2p/bytes'
import type { ByteStream, MuxerCount, MuxerPort } from '@ts-libp2p/stream'
import { type MplexOptions, resolveOptions, Session } from '../src/index.ts'

/** Notes what a session asks of its shell, and answers as told. */
class RecordingPort implements MuxerPort {
  readonly written: Uint8Array[] = []
  readonly streams: ByteStream[] = []
  readonly counts: Partial<Record<MuxerCount, number>> = {}
  readonly failures: (Error & { code?: string })[] = []
  isFull = false
  acceptsStreams = true
  onOpened: (stream: ByteStream) => void = () => {}

  wake(): void {}
  openable(): void {}
  emptied(): void {}
  answered(): void {}

  write(buffers: Uint8Array[]): boolean {
    this.written.push(...buffers)
    return !this.isFull
  }

  opened(stream: ByteStream): boolean {
    this.streams.push(stream)
    this.onOpened(stream)
    return this.acceptsStreams
  }

  failed(err: Error): void {
    this.failures.push(err)
  }

  count(what: MuxerCount): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }
}

export interface Bench {
  session: Session
  port: RecordingPort
  /** Receives hex and returns what is written in answer, frame by frame. */
  say(...hex: string[]): string[]
  flush(): string[]
}

export function bench(options: MplexOptions = {}): Bench {
  const port = new RecordingPort()
  const session = new Session(resolveOptions(options), port)
  const flush = (): string[] => {
    session.flush(0)
    return frames(concat(port.written.splice(0)))
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

const FLAGS = ['new', 'message', 'message', 'close', 'close', 'reset', 'reset', '?']

/** Frames as text: `new 0: 30`, `message by opener 0: 6869`, `close by other 3: `. The simple twin of the parser. */
export function frames(bytes: Uint8Array): string[] {
  const out: string[] = []
  for (let at = 0; at < bytes.byteLength; ) {
    const header = readVarint(bytes, at, bytes.byteLength)!
    const length = readVarint(bytes, header.next, bytes.byteLength)!
    const flag = header.value % 8
    const side = flag === 0 ? '' : flag % 2 === 0 ? ' by opener' : ' by other'
    at = length.next + length.value
    out.push(`${FLAGS[flag]}${side} ${Math.floor(header.value / 8)}: ${toHex(bytes.subarray(length.next, at))}`)
  }
  return out
}
