import { concat } from '@ts-libp2p/bytes'
import { select } from '@ts-libp2p/multistream-select'
import type { ByteStream } from '@ts-libp2p/stream'
import type { Identity } from '@ts-libp2p/testing'
import { DATA, encodeHeader, GO_AWAY, HEADER_BYTES, type Header, readHeader, YAMUX_PROTOCOL } from '@ts-libp2p/yamux'
import { type Attacker, push, securedAttacker } from './attacker.ts'

/** Frames of one kind that are kept: a test looks at a few. */
const MAX_KEPT_FRAMES = 10_000

/** A peer that writes yamux frames by hand, whatever the rules say, and notes what the node answers. */
export interface FrameAttacker extends Attacker {
  readonly connection: ByteStream
  /** Headers of the frames that the node sent. Bodies are thrown away. */
  readonly heard: readonly Header[]
  /** Sends as fast as the node takes it. False once the connection is gone. */
  send(...frames: Uint8Array[]): Promise<boolean>
  /** The code with which the node said goodbye, once the node ended the connection; undefined when it said nothing. */
  goAwayCode(): Promise<number | undefined>
  /** Resolves once the node ended the connection. */
  readonly over: Promise<void>
  /** Stops taking what the node sends. */
  stopReading(): void
}

export async function frameAttacker(
  node: Parameters<typeof securedAttacker>[0],
  who?: Identity
): Promise<FrameAttacker> {
  const attacker = await securedAttacker(node, who)
  const { connection } = attacker
  await select(connection, YAMUX_PROTOCOL)
  const heard: Header[] = []
  const reader = frameReader(header => {
    if (heard.length < MAX_KEPT_FRAMES) heard.push(header)
  })
  connection.addEventListener('message', ({ data }) => reader(data.subarray()))
  const over = new Promise<void>(resolve => {
    connection.addEventListener('remoteCloseWrite', () => resolve())
    connection.addEventListener('close', () => resolve())
  })
  return {
    ...attacker,
    heard,
    over,
    send: (...frames) => push(connection, concat(frames)),
    stopReading: () => connection.pause(),
    async goAwayCode() {
      await over
      return heard.find(({ type }) => type === GO_AWAY)?.length
    }
  }
}

/** Sends the batches until there are no more, or the attacker has lost its connection. Returns how many were sent. */
export async function flood(attacker: FrameAttacker, batches: Iterable<Uint8Array>): Promise<number> {
  let sent = 0
  let isOver = false
  attacker.over.then(() => {
    isOver = true
  })
  for (const batch of batches) {
    if (isOver || !(await attacker.send(batch))) break
    sent++
    // What was sent is read, and answered, in between.
    await new Promise(resolve => setImmediate(resolve))
  }
  return sent
}

/** A Data frame. */
export function dataFrame(id: number, flags: number, body: Uint8Array): Uint8Array {
  return concat([encodeHeader(DATA, flags, id, body.byteLength), body])
}

/** Cuts a flow of bytes into frames and reports their headers. */
function frameReader(onHeader: (header: Header) => void): (chunk: Uint8Array) => void {
  let held: Uint8Array = new Uint8Array(0)
  let skip = 0
  return chunk => {
    let at = Math.min(skip, chunk.byteLength)
    skip -= at
    held = concat([held, chunk.subarray(at)])
    at = 0
    while (skip === 0 && held.byteLength - at >= HEADER_BYTES) {
      const header = readHeader(held, at, { version: 0, type: 0, flags: 0, id: 0, length: 0 })
      onHeader(header)
      at += HEADER_BYTES
      const body = header.type === DATA ? header.length : 0
      const there = Math.min(body, held.byteLength - at)
      at += there
      skip = body - there
    }
    held = held.slice(at)
  }
}
