import { describe, expect, inject, it } from 'vitest'
import { server } from 'vitest/browser'
import { TALKS, type TalkName, talk } from './talks.ts'

const MIB = 2 ** 20
const EXPECTED: Record<TalkName, unknown> = {
  identify: { knowsEcho: true, isNode: true },
  ping: expect.any(Number),
  echo: { received: 50 * MIB, isSame: true, isBounded: true },
  secure: { isSecure: true, received: 5 * MIB, isSame: true, isBounded: true },
  stall: { isBounded: true, isWhole: true },
  gossip: 'answer: hello',
  dht: { hasAddress: true, isConnected: true },
  reconnect: { said: 'done', before: 'closed', echoed: 'again' }
}
/** Chromium is told to trust the test certificate; Firefox cannot be, without an authority. */
const NAMES = (Object.keys(TALKS) as TalkName[]).filter(name => name !== 'secure' || server.browser === 'chromium')

describe('a node in a page', () => {
  it.each(NAMES)('and one in Node: %s', async name => {
    expect(await talk(name, inject('peers'))).toEqual(EXPECTED[name])
  })
})

describe('a node in a worker', () => {
  it.each(NAMES)('and one in Node: %s', async name => {
    expect(await inWorker(name)).toEqual(EXPECTED[name])
  })
})

/** The same, where there is no page. */
async function inWorker(name: TalkName): Promise<unknown> {
  const worker = new Worker(new URL('talks.worker.ts', import.meta.url), { type: 'module' })
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => ('error' in data ? reject(new Error(data.error)) : resolve(data.result))
      worker.onerror = event => reject(new Error(`the worker failed: ${event.message}`))
      worker.postMessage({ name, peers: inject('peers') })
    })
  } finally {
    worker.terminate()
  }
}
