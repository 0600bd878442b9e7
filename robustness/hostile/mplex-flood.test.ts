/**
 * Data for streams that nobody reads, on a muxer that has no way to say "wait".
 *
 * js-libp2p issue 3220 (8 GB that one connection may hold), libp2p/go-mplex pulls 15 and 99, libp2p/specs pull 661 (why
 * mplex is deprecated), and CVE-2022-23487.
 */
import { concat, encodeVarint, fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import type { Stream } from '@ts-libp2p/interface'
import {
  MAX_FRAME_BODY_BYTES,
  MAX_INBOUND_STREAMS,
  MAX_SESSION_UNREAD_BYTES,
  MPLEX_PROTOCOL,
  mplex
} from '@ts-libp2p/mplex'
import { select } from '@ts-libp2p/multistream-select'
import type { ByteStream } from '@ts-libp2p/stream'
import { yamux } from '@ts-libp2p/yamux'
import { describe, expect, it } from 'vitest'
import { push, securedAttacker } from '../src/attacker.ts'
import { setScene } from '../src/scene.ts'

const NEW_STREAM = 0
const MESSAGE_INITIATOR = 2
const RESET_INITIATOR = 6
const MEGABYTE = 1024 * 1024

const frame = (id: number, flag: number, body: Uint8Array): Uint8Array =>
  concat([encodeVarint(id * 8 + flag), encodeVarint(body.byteLength), body])
const header = (id: number, flag: number, length: number): Uint8Array =>
  concat([encodeVarint(id * 8 + flag), encodeVarint(length)])
const EMPTY = new Uint8Array(0)

async function scene() {
  return await setScene({ streamMuxers: [yamux(), mplex()] })
}

/** A peer that writes mplex frames by hand and reads nothing. */
async function mplexAttacker(node: Parameters<typeof securedAttacker>[0]) {
  const attacker = await securedAttacker(node)
  await select(attacker.connection, MPLEX_PROTOCOL)
  const closed = new Promise<void>(resolve => {
    attacker.connection.addEventListener('close', () => resolve())
    attacker.connection.addEventListener('remoteCloseWrite', () => resolve())
    attacker.connection.addEventListener('message', () => {})
  })
  return { ...attacker, closed }
}

/** Sends batches and lets what was sent be read, until the connection is gone. */
async function flood(connection: ByteStream, closed: Promise<void>, batches: Iterable<Uint8Array>): Promise<void> {
  let isOver = false
  closed.then(() => {
    isOver = true
  })
  for (const batch of batches) {
    if (isOver || !(await push(connection, batch))) return
    await new Promise(resolve => setImmediate(resolve))
  }
}

describe('a flood over mplex', () => {
  it('of data for many streams is held up to the bound of the connection', async () => {
    await using attacked = await scene()
    const attacker = await mplexAttacker(attacked.node)
    const asleep: Stream[] = []
    await attacked.node.handle('/sleeper/1.0.0', stream => void asleep.push(stream))
    const request = concat(['/multistream/1.0.0\n', '/sleeper/1.0.0\n'].map(line => lengthPrefixed(fromUtf8(line))))
    const body = new Uint8Array(MEGABYTE)
    function* batches(): Iterable<Uint8Array> {
      for (let id = 0; id < 100; id++) {
        yield concat([
          frame(id, NEW_STREAM, EMPTY),
          frame(id, MESSAGE_INITIATOR, request),
          frame(id, MESSAGE_INITIATOR, body)
        ])
      }
    }
    // Attacker and node are one process: what is on its way counts too.
    const { growthBytes } = await attacked.endure(() => flood(attacker.connection, attacker.closed, batches()), {
      maxGrowthBytes: MAX_SESSION_UNREAD_BYTES + 24 * MEGABYTE
    })
    expect(growthBytes).toBeGreaterThan(MAX_SESSION_UNREAD_BYTES / 2)
    expect(asleep.length).toBe(100)
    const given = asleep.filter(({ status }) => status === 'aborted')
    expect(given.length).toBeGreaterThan(50)
    for (const stream of given) {
      const reading = stream[Symbol.asyncIterator]().next()
      await expect(reading).rejects.toMatchObject({ name: 'MplexError', code: 'too-much-unread' })
    }
    expect(attacked.node.getConnections(attacker.peerId)[0]?.status).toBe('open')
    attacker.raw.abort(new Error('seen enough'))
  })

  it('of openings costs the connection', async () => {
    await using attacked = await scene()
    const attacker = await mplexAttacker(attacked.node)
    const connection = attacked.node.getConnections(attacker.peerId)[0]!
    let most = 0
    function* batches(): Iterable<Uint8Array> {
      for (let id = 0; id < 20_000; id += 100) {
        yield concat(Array.from({ length: 100 }, (_, i) => frame(id + i, NEW_STREAM, EMPTY)))
        most = Math.max(most, connection.streams.filter(s => s.direction === 'inbound').length)
      }
    }
    await attacked.endure(() => flood(attacker.connection, attacker.closed, batches()), {
      maxGrowthBytes: 24 * MEGABYTE
    })
    expect(most).toBeLessThanOrEqual(MAX_INBOUND_STREAMS)
    expect((await attacked.lossOf(attacker.peerId)).error).toMatchObject({ name: 'MplexError', code: 'too-much-churn' })
  })

  it('of streams opened and reset costs the connection', async () => {
    await using attacked = await scene()
    const attacker = await mplexAttacker(attacked.node)
    function* batches(): Iterable<Uint8Array> {
      for (let id = 0; id < 20_000; id += 100) {
        yield concat(
          Array.from({ length: 100 }, (_, i) =>
            concat([frame(id + i, NEW_STREAM, EMPTY), frame(id + i, RESET_INITIATOR, EMPTY)])
          )
        )
      }
    }
    await attacked.endure(() => flood(attacker.connection, attacker.closed, batches()))
    expect((await attacked.lossOf(attacker.peerId)).error).toMatchObject({ name: 'MplexError', code: 'too-much-churn' })
  })

  it.each<[string, string, Uint8Array]>([
    ['one byte over the largest frame', 'frame-too-large', header(0, MESSAGE_INITIATOR, MAX_FRAME_BODY_BYTES + 1)],
    ['a frame of 2^40 bytes', 'frame-too-large', header(0, MESSAGE_INITIATOR, 2 ** 40)],
    ['a flag that is none', 'bad-flag', header(0, 7, 0)],
    ['a stream opened twice', 'duplicate-stream', concat([frame(0, NEW_STREAM, EMPTY), frame(0, NEW_STREAM, EMPTY)])],
    ['a varint without end', 'bad-varint', new Uint8Array(32).fill(0xff)]
  ])('that breaks the rules costs the connection: %s', async (_, code, bytes) => {
    await using attacked = await scene()
    const attacker = await mplexAttacker(attacked.node)
    await attacked.endure(async () => {
      await push(attacker.connection, bytes)
      await attacker.closed
    })
    expect((await attacked.lossOf(attacker.peerId)).error).toMatchObject({ name: 'MplexError', code })
  })
})
