/** What happens to pages: they are loaded again, or frozen, and their servers go away meanwhile. */
import { generateKeyPair, type PrivateKey, type Stream } from '@ts-libp2p/libp2p'
import type { CDPSession, Page } from 'playwright'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ECHO } from '../src/protocols.ts'
import { type Server, startServer } from '../src/server.ts'
import { type OpenPage, openPage } from './site.ts'

const PLACE = 'kept'
let key: PrivateKey
let server: Server
let opened: OpenPage

beforeEach(async () => {
  key = await generateKeyPair('Ed25519')
  server = await startServer(key, '/ip4/127.0.0.1/tcp/0/ws')
  opened = await openPage('app.ts')
})
afterEach(async () => {
  await opened?.[Symbol.asyncDispose]()
  await server?.stop()
})
const address = (): string => String(server.getMultiaddrs()[0])

describe('a page that is loaded again', () => {
  it('is the same peer, and finds the peers it knew, by IndexedDB', async () => {
    const { page } = opened
    const peerId = await page.evaluate(place => app.start(place), PLACE)
    expect((await page.evaluate(to => app.useAll(to), address())).echoed).toBe(true)
    await page.evaluate(() => app.stop())
    await page.reload()
    expect(await page.evaluate(place => app.start(place), PLACE)).toBe(peerId)
    const dialled = await page.evaluate(id => app.dialKnown(id), server.peerId.toString())
    expect(address()).toContain(dialled.replace(/\/p2p\/.*/, ''))
    expect(await page.evaluate(() => app.echo())).toBe(true)
  })

  it('is another peer where nothing is kept', async () => {
    const { page } = opened
    const peerId = await page.evaluate(() => app.start())
    await page.reload()
    expect(await page.evaluate(() => app.start())).not.toBe(peerId)
  })
})

describe('a page behind another one', () => {
  let session: CDPSession
  let other: Page

  beforeEach(async () => {
    const { page } = opened
    await page.evaluate(() => app.start())
    await page.evaluate(to => app.useAll(to), address())
    await page.evaluate(id => app.keep(id), server.peerId.toString())
    session = await page.context().newCDPSession(page)
    other = await page.context().newPage()
    await other.bringToFront()
    await expect.poll(state).toMatchObject({ isHidden: true })
  })
  const state = () => opened.page.evaluate(() => app.state())
  /** As browsers do with tabs that were hidden for long. */
  const freeze = () => session.send('Page.setWebLifecycleState', { state: 'frozen' })
  const show = async () => {
    await session.send('Page.setWebLifecycleState', { state: 'active' })
    await opened.page.bringToFront()
  }

  it('goes on talking, hidden and shown again', async () => {
    expect(await echoFrom(server)).toBe(true)
    await show()
    await expect.poll(state).toMatchObject({ isHidden: false, freezes: 0, losses: 0, connections: 1 })
    expect(await echoFrom(server)).toBe(true)
  })

  it('is there again, when it is no longer frozen, after something came meanwhile', async () => {
    await freeze()
    // Chromium closes a WebSocket on which something comes while its page is frozen; a browser might also keep it.
    const asked = echoFrom(server).catch(err => err.name)
    await show()
    expect([true, 'StreamResetError']).toContain(await asked)
    await expect.poll(() => opened.page.evaluate(() => app.echo().catch(() => false))).toBe(true)
    expect(await state()).toMatchObject({ isHidden: false, freezes: 1, connections: 1 })
    expect(await echoFrom(server)).toBe(true)
  })

  it('notices, when it is no longer frozen, that its server went away meanwhile, and finds it again', async () => {
    const listen = address().replace(/\/p2p\/.*/, '')
    await freeze()
    await server.stop()
    server = await startServer(key, listen)
    await show()
    await expect.poll(state).toMatchObject({ isHidden: false, freezes: 1, losses: 1, connections: 1 })
    expect(await opened.page.evaluate(() => app.echo())).toBe(true)
  })
})

/** Opens a stream to the page, and sends something there and back. */
async function echoFrom(node: Server): Promise<boolean> {
  const connection = node.getConnections().at(-1)
  const stream = await (connection as NonNullable<typeof connection>).newStream(ECHO)
  const sent = 'are you there?'
  stream.send(new TextEncoder().encode(sent))
  const [text] = await Promise.all([textOf(stream), stream.close()])
  return text === sent
}

async function textOf(stream: Stream): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += new TextDecoder().decode(chunk.subarray())
  return text
}
