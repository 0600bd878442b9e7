/** The interface that a connection runs over goes down: no packet comes any more, and no error. Needs root, for a namespace. */
import { execFileSync } from 'node:child_process'
import type { StreamCloseEvent } from '@ts-libp2p/interface'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { yamux } from '@ts-libp2p/yamux'
import { describe, expect, it } from 'vitest'
import { startChild } from '../src/child.ts'

const NAME = `tsl${process.pid}`
const ip = (...args: string[]): string =>
  execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** A namespace with a wire to ours: 10.203.7.1 here, 10.203.7.2 there. Undefined where we may not make one. */
function namespace(): Disposable | undefined {
  try {
    ip('netns', 'add', NAME)
  } catch (err) {
    console.warn(`network-gone: not tried, a namespace needs root and the ip tool: ${String(err).split('\n')[0]}`)
    return undefined
  }
  ip('link', 'add', `${NAME}a`, 'type', 'veth', 'peer', 'name', `${NAME}b`, 'netns', NAME)
  ip('addr', 'add', '10.203.7.1/30', 'dev', `${NAME}a`)
  ip('link', 'set', `${NAME}a`, 'up')
  ip('netns', 'exec', NAME, 'ip', 'addr', 'add', '10.203.7.2/30', 'dev', `${NAME}b`)
  ip('netns', 'exec', NAME, 'ip', 'link', 'set', `${NAME}b`, 'up')
  return { [Symbol.dispose]: () => void ip('netns', 'del', NAME) }
}

describe('a network that goes away', () => {
  it('ends the connection when pings stay unanswered, and a dial says that nobody is there', async ({ skip }) => {
    using space = namespace()
    if (space === undefined) return skip('a network namespace needs root')
    const streamMuxers = [yamux({ keepAliveInterval: 300, keepAliveTimeout: 600 })]
    await using node = await createLibp2p({ addresses: { listen: [] }, streamMuxers, limits: { dialTimeoutMs: 1000 } })
    await using child = await startChild({ wrap: ['ip', 'netns', 'exec', NAME], host: '10.203.7.2' })
    const connection = await node.dial(child.address)
    const closed = new Promise<StreamCloseEvent>(resolve => connection.addEventListener('close', resolve))
    ip('netns', 'exec', NAME, 'ip', 'link', 'set', `${NAME}b`, 'down')
    const { error } = await closed
    expect(error).toMatchObject({ name: expect.stringMatching(/YamuxError|TcpError/) })
    await expect(node.dial(child.address)).rejects.toMatchObject({ name: 'DialError' })
  }, 60_000)
})
