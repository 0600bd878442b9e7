import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Stream } from '@ts-libp2p/interface'
import { StreamReader } from '@ts-libp2p/stream'

/** A file's bytes one way, then its length and SHA-256 as JSON the other way. */
export const FILE = '/interop/file/1.0.0'

export interface Receipt {
  bytes: number
  sha256: string
}

/** Hashes what arrives, and answers with the receipt when the sender has closed its writing. */
export async function receiveFile(stream: Stream): Promise<void> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of stream) {
    hash.update(chunk.subarray())
    bytes += chunk.byteLength
  }
  stream.send(new TextEncoder().encode(JSON.stringify({ bytes, sha256: hash.digest('hex') })))
  await stream.close()
}

/** Sends a file as fast as the receiver takes it, and checks the receipt against what was sent. */
export async function sendFile(
  stream: Stream,
  path: string,
  onProgress: (sent: number, total: number) => void
): Promise<{ receipt: Receipt; seconds: number }> {
  const { size } = await stat(path)
  const hash = createHash('sha256')
  const startedAt = performance.now()
  let sent = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    hash.update(chunk)
    sent += chunk.length
    if (!stream.send(chunk)) await stream.onDrain()
    onProgress(sent, size)
  }
  await stream.close()
  const answer = await new StreamReader(stream).readToEnd({ limitBytes: 4096 })
  const receipt = JSON.parse(new TextDecoder().decode(answer)) as Receipt
  const sha256 = hash.digest('hex')
  if (receipt.bytes !== size || receipt.sha256 !== sha256) {
    throw new Error(`sent ${size} bytes with SHA-256 ${sha256}, but the far side got ${JSON.stringify(receipt)}`)
  }
  return { receipt, seconds: (performance.now() - startedAt) / 1000 }
}
