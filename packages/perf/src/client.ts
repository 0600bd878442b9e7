import type { AbortOptions, Stream } from '@ts-libp2p/interface'
import { PerfError } from './errors.ts'
import { encodeRequest } from './request.ts'
import { readToEnd, sendZeros } from './transfer.ts'

/** One transfer over a fresh stream, which counts as it goes. */
export class Transfer {
  uploadedBytes = 0
  downloadedBytes = 0
  private readonly stream: Stream

  constructor(stream: Stream) {
    this.stream = stream
  }

  /** Resolves when both directions have ended. Throws a `PerfError` (`wrong-length`), or what the stream fails with. */
  async run(sendBytes: number, receiveBytes: number, options: AbortOptions): Promise<void> {
    const { stream } = this
    stream.send(encodeRequest(receiveBytes))
    await sendZeros(stream, sendBytes, bytes => this.onSent(bytes), options)
    await stream.close(options)
    await readToEnd(stream, chunk => this.onChunk(chunk, receiveBytes), options)
    if (this.downloadedBytes < receiveBytes) throw this.wrongLength('only', receiveBytes)
  }

  private onSent(bytes: number): void {
    this.uploadedBytes += bytes
  }

  private onChunk(chunk: Uint8Array, receiveBytes: number): void {
    this.downloadedBytes += chunk.byteLength
    if (this.downloadedBytes > receiveBytes) throw this.wrongLength('at least', receiveBytes)
  }

  private wrongLength(bound: string, receiveBytes: number): PerfError {
    const got = `${bound} ${this.downloadedBytes} bytes`
    return new PerfError('wrong-length', `the remote sent ${got} where ${receiveBytes} were asked for`)
  }
}
