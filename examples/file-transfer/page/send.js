import { StreamReader, writeMessage } from '@ts-libp2p/stream'
import { decode, encode, FILE_TRANSFER, MESSAGE_LIMIT } from '../protocol.js'

/** Sends a file as fast as the receiver takes it. Answers the SHA-256 that the receiver found. */
export async function send(connection, file, onProgress) {
  const stream = await connection.newStream(FILE_TRANSFER)
  try {
    const [sha256] = await Promise.all([readReceipt(stream, onProgress), write(stream, file)])
    return sha256
  } catch (err) {
    stream.abort(err)
    throw err
  }
}

async function write(stream, file) {
  await writeMessage(stream, encode({ name: file.name, size: file.size }))
  const reader = file.stream().getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    if (!stream.send(next.value)) await stream.onDrain()
  }
  await stream.close()
}

/** Reads what has arrived over there, until all has. */
async function readReceipt(stream, onProgress) {
  const reader = new StreamReader(stream)
  for (;;) {
    const { received, sha256 } = decode(await reader.readMessage(MESSAGE_LIMIT))
    onProgress(received)
    if (sha256 !== undefined) return sha256
  }
}
