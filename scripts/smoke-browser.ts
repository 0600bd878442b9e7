/**
 * Runs what browsers get: the facade from `dist/browser`, bundled as an application would, dials nodes with keys of every
 * type over WebSocket, pings them and sends a megabyte there and back; with WebCrypto, and without as on a page that is
 * no secure context. Here in Node, which has the same globals. Needs a build.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

type Facade = typeof import('../packages/libp2p/src/index.ts')
const KEY_TYPES = ['Ed25519', 'secp256k1', 'ECDSA', 'RSA'] as const
const ECHO = '/smoke/echo/1.0.0'
const MESSAGE = new Uint8Array(2 ** 20).map((_, i) => i * 7)

const folder = mkdtempSync(join(tmpdir(), 'ts-libp2p-smoke-'))
try {
  const inNode = (await import(pathToFileURL(resolve('packages/libp2p/dist/index.js')).href)) as Facade
  const inBrowser = (await import(pathToFileURL(await bundled()).href)) as Facade
  for (const type of KEY_TYPES) await converse(inNode, inBrowser, type, 'with WebCrypto')
  // RSA cannot do without.
  hideWebCrypto()
  for (const type of KEY_TYPES.slice(0, 3)) await converse(inNode, inBrowser, type, 'without WebCrypto')
} finally {
  rmSync(folder, { recursive: true })
}

async function bundled(): Promise<string> {
  const bundle = await rolldown({
    input: resolve('packages/libp2p/dist/browser/index.js'),
    platform: 'browser',
    resolve: { conditionNames: ['browser', 'import', 'module', 'default'] }
  })
  await bundle.write({
    dir: folder,
    format: 'esm',
    minify: true,
    entryFileNames: 'app.mjs',
    chunkFileNames: '[name]-[hash].mjs'
  })
  return join(folder, 'app.mjs')
}

async function converse(
  inNode: Facade,
  inBrowser: Facade,
  type: (typeof KEY_TYPES)[number],
  how: string
): Promise<void> {
  const privateKey = await inNode.generateKeyPair(type)
  const server = await inNode.createLibp2p({ privateKey, addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] } })
  await server.handle(ECHO, stream => stream.sink(stream.source))
  const client = await inBrowser.createLibp2p()
  const address = inBrowser.multiaddr(String(server.getMultiaddrs()[0]))
  await client.services.ping.ping(address)
  const stream = await client.dialProtocol(address, ECHO)
  const echoed = await echo(stream)
  await client.services.identify.identify(client.getConnections()[0] as never)
  await Promise.all([client.stop(), server.stop()])
  if (echoed !== MESSAGE.byteLength) throw new Error(`${type}, ${how}: ${echoed} bytes came back`)
  console.log(`ok: ${type}, ${how}`)
}

async function echo(
  stream: AsyncIterable<Uint8Array | { subarray(): Uint8Array }> & {
    send(data: Uint8Array): boolean
    close(): Promise<void>
  }
): Promise<number> {
  stream.send(MESSAGE)
  const closed = stream.close()
  let at = 0
  for await (const chunk of stream) {
    for (const byte of chunk.subarray()) if (byte !== MESSAGE[at++]) throw new Error(`byte ${at} came back changed`)
  }
  await closed
  return at
}

function hideWebCrypto(): void {
  const { crypto } = globalThis
  Object.defineProperty(globalThis, 'crypto', { value: { getRandomValues: crypto.getRandomValues.bind(crypto) } })
}
