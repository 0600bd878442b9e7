/** The connection is reset after so many bytes, at every step of dialling, in either direction. */
import { connect, createServer, type Socket } from 'node:net'
import { createLibp2p, multiaddr } from '@ts-libp2p/libp2p'
import { activeHandles, handlesReleased } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { portOf } from '../src/ports.ts'

/** Passes bytes on, and resets both sides after so many of one direction. */
async function resetting(port: number, from: 'dialer' | 'listener', after: number) {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true, allowHalfOpen: true }, client => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true })
    for (const socket of [client, far]) sockets.add(socket.on('error', () => {}))
    let left = after
    for (const [source, target, isCounted] of [
      [client, far, from === 'dialer'],
      [far, client, from === 'listener']
    ] as const) {
      source.on('data', (chunk: Buffer) => {
        if (!isCounted) return void target.write(chunk)
        target.write(chunk.subarray(0, left))
        left -= chunk.byteLength
        if (left > 0) return
        client.resetAndDestroy()
        far.resetAndDestroy()
      })
      source.on('close', () => target.destroy())
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    }
  }
}

// multistream-select, noise messages 1 to 3, yamux and identify: offsets within, at and behind each.
const OFFSETS = [1, 10, 20, 28, 30, 45, 62, 63, 100, 150, 200, 260, 300, 400, 600]

describe('a connection that is reset', () => {
  it.each(OFFSETS.flatMap(offset => (['dialer', 'listener'] as const).map(from => [offset, from] as const)))(
    'after %d bytes of the %s fails with a reason or is lost, and leaves nothing behind',
    async (offset, from) => {
      const before = activeHandles()
      const node = await createLibp2p({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } })
      const dialer = await createLibp2p({ addresses: { listen: [] } })
      {
        await using middle = await resetting(portOf(node), from, offset)
        const outcome = await dialer.dial(multiaddr(`/ip4/127.0.0.1/tcp/${middle.port}`)).catch((err: unknown) => err)
        if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'DialError', code: 'dial-failed' })
        else dialer.services.ping.ping(node.peerId).catch(() => {})
        await expect.poll(() => dialer.getConnections().length).toBe(0)
        await expect.poll(() => node.getConnections().length).toBe(0)
      }
      await Promise.all([dialer.stop(), node.stop()])
      await handlesReleased(before)
    }
  )
})
