/** The process has used up its file descriptors (EMFILE). */
import { connect, type Socket } from 'node:net'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { describe, expect, it } from 'vitest'
import { startChild } from '../src/child.ts'

describe('a node that is out of file descriptors', () => {
  it('goes on with what it has, and takes connections again when there are some', async () => {
    await using child = await startChild({ wrap: ['sh', '-c', 'ulimit -n 60; exec "$0" "$@"'] })
    const port = Number(child.address.getComponents().find(({ name }) => name === 'tcp')?.value)
    await using honest = await createLibp2p({ addresses: { listen: [] } })
    const connection = await honest.dial(child.address)
    const sockets: Socket[] = []
    for (let i = 0; i < 150; i++) {
      const socket = connect({ port, host: '127.0.0.1' }).on('error', () => {})
      sockets.push(socket.resume())
    }
    await new Promise(resolve => setTimeout(resolve, 1000))
    expect(child.process.exitCode).toBeNull()
    expect(await honest.services.ping.ping(connection.remotePeer)).toBeGreaterThanOrEqual(0)
    for (const socket of sockets) socket.destroy()
    const dial = async () => (await honest.dial(child.address, { force: true })).status
    await expect.poll(() => dial().catch(() => 'not yet'), { timeout: 30_000 }).toBe('open')
  }, 60_000)
})
