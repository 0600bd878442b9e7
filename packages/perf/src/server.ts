import type { AbortOptions, Stream } from '@ts-libp2p/interface'
import { RequestParser } from './request.ts'
import { readToEnd, sendZeros } from './transfer.ts'

/** Reads a client's request and everything after it, then sends what was asked for. Returns how much that was. */
export async function serve(stream: Stream, maxDownloadBytes: number, options: AbortOptions): Promise<number> {
  const request = new RequestParser()
  await readToEnd(stream, chunk => request.push(chunk, maxDownloadBytes), options)
  const length = request.receiveBytes()
  await sendZeros(stream, length, () => {}, options)
  await stream.close(options)
  return length
}
