import type { ByteStream, MuxerPort } from '@ts-libp2p/stream'

/** What a muxer's session stands on, where nobody is: everything is written, and forgotten. */
export class SinkPort implements MuxerPort {
  readonly failures: Error[] = []
  private opens = 0

  wake(): void {}

  write(): boolean {
    return true
  }

  /** Every fourth is not listened for. */
  opened(stream: ByteStream): boolean {
    this.opens++
    if (this.opens % 3 === 0) stream.send(new Uint8Array(10))
    return this.opens % 4 !== 0
  }

  openable(): void {}
  emptied(): void {}
  answered(): void {}
  count(): void {}

  failed(err: Error): void {
    this.failures.push(err)
  }
}
