/**
 * Credit given without measure, or never.
 *
 * - rust-yamux, CVE-2026-31814: window updates that add up to more than 32 bits overflowed the send window.
 * - rust-yamux, GHSA-3999-5ffv-wp2r (CVE-2024-32984): a peer that makes us answer and never gives room for the answers
 *   filled a list without bound.
 * - "Slow Read", known from HTTP/2 as CVE-2019-9511 and CVE-2019-9517: data asked for and not taken.
 */
import { concat, fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import { ACK, encodeHeader, SYN, WINDOW_UPDATE } from '@ts-libp2p/yamux'
import { describe, expect, it } from 'vitest'
import { muxedAttacker } from '../src/attacker.ts'
import { dataFrame, frameAttacker } from '../src/frames.ts'
import { setScene } from '../src/scene.ts'

const line = (text: string): Uint8Array => lengthPrefixed(fromUtf8(`${text}\n`))
const echoRequest = concat([line('/multistream/1.0.0'), line('/echo/1.0.0')])
const KILOBYTE = new Uint8Array(1024)

describe('window updates beyond all measure', () => {
  it('add up to a number that means nothing, and the stream works on', async () => {
    await using scene = await setScene()
    const attacker = await frameAttacker(scene.node)
    await scene.endure(async () => {
      await attacker.send(encodeHeader(WINDOW_UPDATE, SYN, 1, 0xffffffff))
      for (let i = 0; i < 1000; i++) await attacker.send(encodeHeader(WINDOW_UPDATE, 0, 1, 0xffffffff))
      await attacker.send(dataFrame(1, 0, concat([echoRequest, KILOBYTE])))
      const echoed = (): number =>
        attacker.heard.reduce((sum, f) => sum + (f.type === 0 && f.id === 1 ? f.length : 0), 0)
      await expect.poll(echoed).toBeGreaterThanOrEqual(echoRequest.byteLength + KILOBYTE.byteLength)
    })
    attacker.raw.abort(new Error('seen enough'))
  })

  it('for streams that nobody opened are passed over', async () => {
    await using scene = await setScene()
    const attacker = await frameAttacker(scene.node)
    await scene.endure(async () => {
      for (let id = 1; id < 20_000; id += 2) await attacker.send(encodeHeader(WINDOW_UPDATE, ACK, id, 0xffffffff))
    })
    expect(scene.node.getConnections(attacker.peerId)[0]?.streams.filter(s => s.direction === 'inbound')).toEqual([])
    attacker.raw.abort(new Error('seen enough'))
  })
})

describe('a peer that lets itself be answered and takes nothing', () => {
  it('fills one window of a stream and then waits, its own sending held back', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    const { result: sent } = await scene.endure(async () => {
      const stream = await attacker.open('/echo/1.0.0')
      stream.pause()
      const block = new Uint8Array(64 * 1024)
      let bytes = 0
      while (stream.send(block)) {
        bytes += block.byteLength
        await new Promise(resolve => setImmediate(resolve))
      }
      return bytes
    })
    // Two windows, and what both ends and the sockets between them buffer.
    expect(sent).toBeLessThan(8 * 1024 * 1024)
    expect(scene.node.getConnections(attacker.peerId)[0]?.status).toBe('open')
    attacker.raw.abort(new Error('seen enough'))
  })

  it('costs one stream what it costs any, over and over on one connection', async () => {
    await using scene = await setScene()
    const attacker = await frameAttacker(scene.node)
    const streams = 200
    await scene.endure(
      async () => {
        for (let i = 0; i < streams; i++) {
          await attacker.send(dataFrame(2 * i + 1, SYN, concat([echoRequest, new Uint8Array(200 * 1024)])))
        }
        // Nothing is granted: what the node has for us waits with it, and what we could send is used up.
        await expect
          .poll(() => attacker.heard.filter(f => f.type === 0 && f.length > 0).length)
          .toBeGreaterThan(streams)
      },
      { maxGrowthBytes: streams * 512 * 1024 }
    )
    attacker.raw.abort(new Error('seen enough'))
    await scene.lossOf(attacker.peerId)
  })
})
