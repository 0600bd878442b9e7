import { createServer, type Server } from 'node:net'
import { describe, expect, it } from 'vitest'
import { activeHandles, handlesReleased } from '../src/index.ts'

async function listening(): Promise<Server> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}

describe('activeHandles', () => {
  it('sees a server that listens, and that it is gone', async () => {
    const before = activeHandles()
    const server = await listening()
    expect(activeHandles()).toContain('TCPServerWrap')
    const released = handlesReleased(before)
    server.close()
    await released
    expect(activeHandles()).toEqual(before)
  })

  it('names what stays open', async () => {
    const before = activeHandles()
    const server = await listening()
    await expect(handlesReleased(before)).rejects.toThrow('still open: TCPServerWrap')
    server.close()
  })
})
