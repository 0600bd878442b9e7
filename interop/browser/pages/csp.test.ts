/** A page that may run no code but its own files: no inline script, no `eval`, no `new Function`, no WebAssembly. */
import { generateKeyPair } from '@ts-libp2p/libp2p'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startServer } from '../src/server.ts'
import { type OpenPage, openPage } from './site.ts'

let server: Awaited<ReturnType<typeof startServer>>
let opened: OpenPage

beforeAll(async () => {
  server = await startServer(await generateKeyPair('Ed25519'), '/ip4/127.0.0.1/tcp/0/ws')
  opened = await openPage('app.ts')
})
afterAll(async () => {
  await opened?.[Symbol.asyncDispose]()
  await server?.stop()
})

it('runs the whole node: identify, ping, echo, gossipsub, DHT', async () => {
  const { page, problems } = opened
  await page.evaluate(() => app.start())
  const used = await page.evaluate(address => app.useAll(address), String(server.getMultiaddrs()[0]))
  expect(used).toEqual({ isKnown: true, isAnswered: true, echoed: true, isFound: true })
  await expect.poll(() => page.evaluate(() => app.state().heard)).toContain('answer: hello')
  expect(problems).toEqual([])
})

it('is held to that', async () => {
  const { page } = opened
  const refused = await page.evaluate(async () => {
    // The debugger's own call may run anything.
    await new Promise(resolve => setTimeout(resolve))
    const nameOf = (run: () => unknown): string => {
      try {
        return `ran: ${run()}`
      } catch (err) {
        return (err as Error).name
      }
    }
    const emptyModule = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)
    return [nameOf(() => new Function('return 1')()), nameOf(() => new WebAssembly.Module(emptyModule))]
  })
  expect(refused).toEqual(['EvalError', 'CompileError'])
})
