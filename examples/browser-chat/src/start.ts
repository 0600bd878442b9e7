/** One command: the node in Node, and the page by Vite. What is typed here is said in the room. */
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createServer } from 'vite'
import { startHub } from './hub.ts'
import { HUB_PATH } from './protocols.ts'

const { values } = parseArgs({ options: { port: { type: 'string', default: '5173' } } })

const hub = await startHub(({ from, text }) => console.log(`${from.name}: ${text}`))

const server = await createServer({
  root: fileURLToPath(new URL('..', import.meta.url)),
  configFile: false,
  logLevel: 'warn',
  server: { host: '127.0.0.1', port: Number(values.port) },

  plugins: [{ name: 'hub', configureServer: ({ middlewares }) => void middlewares.use(HUB_PATH, tellAddresses) }]
})
await server.listen()
console.log(`open ${server.resolvedUrls?.local[0]} in two tabs`)

createInterface({ input: process.stdin }).on('line', line => void hub.say(line))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop())

function tellAddresses(
  _: unknown,
  response: { setHeader(name: string, value: string): void; end(text: string): void }
) {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(hub.addresses))
}

async function stop(): Promise<void> {
  await Promise.all([hub.stop(), server.close()])
  process.exit()
}
