import { createHash } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { basename, join, parse } from 'node:path'
import { StreamReader, writeMessage } from '@ts-libp2p/stream'
import { decode, encode, MESSAGE_LIMIT } from './protocol.js'

const MAX_SAME_NAMES = 1000

/** Receives one file, and tells its sender how far it is. What does not arrive whole is removed. */
export async function receive(stream, peer, folder) {
  const reader = new StreamReader(stream)
  const { name, size } = checked(decode(await reader.readMessage(MESSAGE_LIMIT)))
  const { file, path } = await create(folder, name)
  console.log(`${path}: ${size} bytes from ${peer}`)
  try {
    const sha256 = await write(reader.release(), file, size, progress(stream, path, size)).finally(() => file.close())
    await writeMessage(stream, encode({ received: size, sha256 }))
    await stream.close()
    console.log(`${path}: done, SHA-256 ${sha256}`)
  } catch (err) {
    console.log(`${path}: given up, ${err.message}`)
    stream.abort(err)
    await rm(path, { force: true })
  }
}

function checked({ name, size }) {
  if (typeof name !== 'string' || !Number.isSafeInteger(size) || size < 0) throw new Error('not a file transfer')
  return { name, size }
}

/** The sender waits while the disk does: bytes are taken off the stream only when those before are written. */
async function write(stream, file, size, report) {
  const hash = createHash('sha256')
  let received = 0
  for await (const chunk of stream) {
    const bytes = chunk.subarray()
    received += bytes.length
    if (received > size) throw new Error('more bytes than announced')
    hash.update(bytes)
    await file.write(bytes)
    report(received)
  }
  if (received < size) throw new Error(`only ${received} of ${size} bytes came`)
  return hash.digest('hex')
}

/** Says how far it is: to the sender with each percent, here with every tenth. */
function progress(stream, path, size) {
  let percent = 0
  return received => {
    const before = percent
    percent = Math.floor((100 * received) / size)
    if (Math.floor(percent / 10) > Math.floor(before / 10)) console.log(`${path}: ${percent} %`)
    // A sender that does not listen is told no more.
    if (percent > before && !stream.writableNeedsDrain) void writeMessage(stream, encode({ received })).catch(() => {})
  }
}

/** A new file: names from strangers lead to no other folder, and replace nothing. */
async function create(folder, name) {
  const { name: stem, ext } = parse(basename(name.replaceAll('\\', '/')).replaceAll(/[\p{Cc}/]/gu, '_') || 'unnamed')
  for (let i = 0; i < MAX_SAME_NAMES; i++) {
    const path = join(folder, i === 0 ? stem + ext : `${stem} (${i})${ext}`)
    try {
      return { path, file: await open(path, 'wx') }
    } catch (err) {
      if (err.code !== 'EEXIST') throw err
    }
  }
  throw new Error(`too many files named ${name}`)
}
