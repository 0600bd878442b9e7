import type { ByteStream, StreamOwner } from '../src/index.ts'

export type OwnerCall =
  | ['queued']
  | ['consumed', number]
  | ['reading', boolean]
  | ['readClosed']
  | ['aborted', Error]
  | ['ended']

/** An owner that only notes what it is told. */
export class RecordingOwner implements StreamOwner {
  readonly calls: OwnerCall[] = []

  queued(): void {
    this.calls.push(['queued'])
  }

  consumed(_: ByteStream, bytes: number): void {
    this.calls.push(['consumed', bytes])
  }

  reading(_: ByteStream, wanted: boolean): void {
    this.calls.push(['reading', wanted])
  }

  readClosed(): void {
    this.calls.push(['readClosed'])
  }

  aborted(_: ByteStream, err: Error): void {
    this.calls.push(['aborted', err])
  }

  ended(): void {
    this.calls.push(['ended'])
  }

  /** Everything of one kind, without the kind. */
  of<K extends OwnerCall[0]>(kind: K): unknown[] {
    return this.calls.filter(call => call[0] === kind).map(call => call[1])
  }

  get creditBytes(): number {
    return (this.of('consumed') as number[]).reduce((sum, bytes) => sum + bytes, 0)
  }
}
