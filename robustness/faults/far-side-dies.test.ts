/** The far side is killed, or freezes, in the middle of a transfer. */
import type { StreamCloseEvent } from '@ts-libp2p/interface'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { yamux } from '@ts-libp2p/yamux'
import { describe, expect, it } from 'vitest'
import { startChild } from '../src/child.ts'

describe('the far side', () => {
  it('is killed with -9 in the middle of a transfer: stream and connection end with a reason, the node goes on', async () => {
    await using node = await createLibp2p({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } })
    await using child = await startChild()
    const connection = await node.dial(child.address)
    const closed = new Promise<StreamCloseEvent>(resolve => connection.addEventListener('close', resolve))
    const stream = await connection.newStream('/pour/1.0.0')
    let bytes = 0
    const reading = (async () => {
      for await (const chunk of stream) {
        bytes += chunk.byteLength
        if (bytes > 1024 * 1024) child.process.kill('SIGKILL')
      }
    })()
    await expect(reading).rejects.toMatchObject({ name: expect.stringMatching(/Error$/), code: expect.any(String) })
    expect((await closed).error === undefined || (await closed).error instanceof Error).toBe(true)
    expect(node.getConnections()).toEqual([])
    await expect(node.dial(child.address)).rejects.toMatchObject({ name: 'DialError' })
    await using other = await createLibp2p({ addresses: { listen: [] } })
    expect((await other.dial(node.getMultiaddrs())).status).toBe('open')
  }, 60_000)

  it('freezes, as behind a link that is gone (half-open TCP): it is taken for dead when pings stay unanswered', async () => {
    const streamMuxers = [yamux({ keepAliveInterval: 300, keepAliveTimeout: 600 })]
    await using node = await createLibp2p({ addresses: { listen: [] }, streamMuxers })
    await using child = await startChild()
    const connection = await node.dial(child.address)
    const closed = new Promise<StreamCloseEvent>(resolve => connection.addEventListener('close', resolve))
    child.process.kill('SIGSTOP')
    expect((await closed).error).toMatchObject({ name: 'YamuxError', code: 'keepalive-timeout' })
    expect(node.getConnections()).toEqual([])
  }, 60_000)
})
