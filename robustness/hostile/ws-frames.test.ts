/**
 * WebSocket frames of any size, kind and number.
 *
 * websockets/ws GHSA-6663-c963-2gqg (CVE-2016-10542: a message of 256 MiB), and NSP-550 (CVE-2016-10518 and the crash by
 * extension names). A flood of pings whose pongs nobody takes is CVE-2019-9512 of HTTP/2; empty fragments CVE-2019-9518.
 */
import { deflateRawSync } from 'node:zlib'
import { DEFAULT_MAX_PAYLOAD_BYTES } from '@ts-libp2p/transport-ws'
import { describe, expect, it } from 'vitest'
import { portOf } from '../src/ports.ts'
import { setScene } from '../src/scene.ts'
import { BINARY, CONTINUATION, gone, PING, TEXT, type WsFrame, wsAttacker, wsFrame } from '../src/ws-frames.ts'

const MEGABYTE = 1024 * 1024
// Long enough that what ends a connection is what it did, not that it never became one.
const scene = () => setScene({ listen: ['/ip4/127.0.0.1/tcp/0/ws'], limits: { inboundUpgradeTimeoutMs: 30_000 } })
const over = DEFAULT_MAX_PAYLOAD_BYTES + 1

describe('a WebSocket frame against the rules', () => {
  it.each<[string, number, Buffer[]]>([
    ['one byte over the largest message', 1009, [wsFrame({ opcode: BINARY, length: BigInt(over) })]],
    ['of 2^62 bytes', 1009, [wsFrame({ opcode: BINARY, length: 2n ** 62n })]],
    [
      'of a message that grows over the limit, a fragment at a time',
      1009,
      [
        wsFrame({ opcode: BINARY, isLast: false, body: new Uint8Array(MEGABYTE / 2) }),
        wsFrame({ opcode: CONTINUATION, isLast: false, body: new Uint8Array(MEGABYTE / 2) }),
        wsFrame({ opcode: CONTINUATION, body: new Uint8Array(1) })
      ]
    ],
    ['of an unknown kind', 1002, [wsFrame({ opcode: 5 })]],
    ['that goes on where nothing began', 1002, [wsFrame({ opcode: CONTINUATION, body: new Uint8Array(10) })]],
    ['of a ping that is too long', 1002, [wsFrame({ opcode: PING, body: new Uint8Array(200) })]],
    [
      'that is compressed, though nobody agreed to that',
      1002,
      [wsFrame({ opcode: BINARY, isCompressed: true, body: deflateRawSync(new Uint8Array(64 * MEGABYTE)) })]
    ]
  ])('costs its connection: %s', async (_, code, frames) => {
    await using attacked = await scene()
    await attacked.endure(
      async () => {
        const attacker = await wsAttacker(portOf(attacked.node))
        for (const bytes of frames) attacker.socket.write(bytes)
        expect(await attacker.closeCode()).toBe(code)
      },
      { maxGrowthBytes: 4 * MEGABYTE }
    )
    expect(Object.keys(attacked.log.kinds).some(kind => kind.startsWith('WsError'))).toBe(true)
  })

  it('of text is refused, since only bytes are spoken', async () => {
    await using attacked = await scene()
    await attacked.endure(async () => {
      const { socket } = await wsAttacker(portOf(attacked.node))
      socket.write(wsFrame({ opcode: TEXT, body: Buffer.from('hello') }))
      await gone(socket)
    })
    expect(attacked.log.count('WsError text-frame')).toBe(1)
  })
})

describe('a compression bomb', () => {
  it('is not unpacked: compression is never agreed to', async () => {
    await using attacked = await scene()
    await attacked.endure(async () => {
      const offer = 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'
      const attacker = await wsAttacker(portOf(attacked.node), { headers: [offer] })
      expect(attacker.response).not.toMatch(/sec-websocket-extensions/i)
      attacker.socket.write(
        wsFrame({ opcode: BINARY, isCompressed: true, body: deflateRawSync(new Uint8Array(64 * MEGABYTE)) })
      )
      expect(await attacker.closeCode()).toBe(1002)
    })
  })
})

describe('a flood of WebSocket frames', () => {
  it.each<[string, WsFrame, WsFrame]>([
    ['pings, whose pongs nobody takes', { opcode: PING }, { opcode: PING, body: new Uint8Array(125) }],
    ['empty fragments', { opcode: BINARY, isLast: false }, { opcode: CONTINUATION, isLast: false }],
    [
      'fragments of a byte, each kept until the message is whole',
      { opcode: BINARY, isLast: false, body: Uint8Array.of(1) },
      { opcode: CONTINUATION, isLast: false, body: Uint8Array.of(1) }
    ]
  ])('costs its connection: %s', async (_, first, other) => {
    await using attacked = await scene()
    await attacked.endure(async () => {
      const { socket } = await wsAttacker(portOf(attacked.node))
      socket.pause().write(wsFrame(first))
      const thousand = Buffer.concat(Array.from({ length: 1000 }, () => wsFrame(other)))
      for (let i = 0; i < 400 && !socket.destroyed; i++) {
        socket.write(thousand)
        await new Promise(resolve => setImmediate(resolve))
      }
      await gone(socket)
    })
    expect(Object.keys(attacked.log.kinds).some(kind => kind.startsWith('WsError'))).toBe(true)
    expect(attacked.log.count('TimeoutError timeout')).toBe(0)
  })
})
