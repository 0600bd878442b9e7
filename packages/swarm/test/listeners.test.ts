import type { Listener, Transport, Upgrader } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { noLog } from '@ts-libp2p/stream'
import { memory } from '@ts-libp2p/transport-memory'
import { expect, it } from 'vitest'
import { Listeners } from '../src/listeners.ts'

/** The memory transport, whose listeners listen once they are let. */
function slow() {
  const transport: Transport = memory()()
  const made: Listener[] = []
  let release = (): void => {}
  const gate = new Promise<void>(resolve => {
    release = resolve
  })
  const create = transport.createListener.bind(transport)
  const createListener: Transport['createListener'] = options => {
    const listener = create(options)
    const listen = listener.listen.bind(listener)
    made.push(listener)
    return Object.assign(listener, {
      listen: (address: Parameters<typeof listen>[0]) => gate.then(() => listen(address))
    })
  }
  return { transport: Object.assign(transport, { createListener }), made, release: () => release() }
}

it('a listener that listens only after all were closed is closed too, and told of to nobody', async () => {
  const { transport, made, release } = slow()
  const told: string[] = []
  const listeners = new Listeners({
    ...{ transports: [transport], upgrader: {} as Upgrader, log: noLog },
    onChange: event => told.push(event)
  })
  const listening = listeners.listen([multiaddr('/memory/51001')])
  await listeners.close()
  release()
  await listening
  expect([listeners.addresses(), made[0]?.getAddrs()]).toEqual([[], []])
  expect(told).not.toContain('transport:listening')

  await listeners.listen([multiaddr('/memory/51002')])
  expect(listeners.addresses().map(String)).toEqual(['/memory/51002'])
  await listeners.close()
})
