/**
 * HTTP requests that never become a WebSocket: slowly, with thousands of headers, with names that break parsers.
 *
 * "Slowloris", CVE-2007-6750; websockets/ws GHSA-3h5v-q93c-6h6q (CVE-2024-37890: more headers than are counted crashed
 * the server); NSP-550 (extension names that are properties of every object); GHSA-6fc8-4gx4-v693 (CVE-2021-32640: a
 * header that took a regular expression minutes).
 */
import { describe, expect, it } from 'vitest'
import { portOf } from '../src/ports.ts'
import { setScene } from '../src/scene.ts'
import { gone, openSocket, upgradeRequest } from '../src/ws-frames.ts'

const scene = () => setScene({ listen: ['/ip4/127.0.0.1/tcp/0/ws'], limits: { inboundUpgradeTimeoutMs: 1000 } })

describe('a WebSocket upgrade', () => {
  it.each<[string, string]>([
    ['with 2,000 headers', upgradeRequest({ headers: Array.from({ length: 2000 }, (_, i) => `a${i}: x`) }).text],
    ['with a header of 100,000 bytes', upgradeRequest({ headers: [`x: ${'y'.repeat(100_000)}`] }).text],
    [
      'with extensions named like properties',
      upgradeRequest({ headers: ['Sec-WebSocket-Extensions: constructor, __proto__;toString'] }).text
    ],
    [
      'with a protocol list that is all blanks',
      upgradeRequest({ headers: [`Sec-WebSocket-Protocol: b${' '.repeat(10_000)}x`] }).text
    ],
    ['that is no HTTP', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000 not http\r\n\r\n'],
    ['that is a plain request', 'GET / HTTP/1.1\r\nHost: node\r\n\r\n'],
    [
      'with a body that is announced and never comes',
      'POST / HTTP/1.1\r\nHost: node\r\nContent-Length: 100000000\r\n\r\n'
    ]
  ])(
    'comes to an end, one way or the other: %s',
    async (_, text) => {
      await using attacked = await scene()
      await attacked.endure(
        async () => {
          const socket = await openSocket(portOf(attacked.node))
          socket.write(text)
          // Those that are let through are cut when they do not go on.
          await gone(socket)
        },
        { maxGrowthBytes: 4 * 1024 * 1024 }
      )
      expect(attacked.node.getConnections()).toHaveLength(1)
    },
    30_000
  )

  it('a byte at a time has the time that a handshake has', async () => {
    await using attacked = await scene()
    const { text } = upgradeRequest({ headers: ['X: '.padEnd(4000, 'x')] })
    const { result } = await attacked.endure(async () => {
      const sockets = await Promise.all(Array.from({ length: 30 }, () => openSocket(portOf(attacked.node))))
      return await Promise.all(
        sockets.map(async socket => {
          let sent = 0
          const timer = setInterval(() => socket.writable && socket.write(text[sent++] ?? ''), 20)
          await gone(socket)
          clearInterval(timer)
          return sent
        })
      )
    })
    expect(Math.max(...result)).toBeLessThan(text.length)
  }, 60_000)
})
