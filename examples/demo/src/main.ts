/**
 * Two separate processes connect, print what they agreed on, and move a real file: over TCP and WebSocket between two
 * nodes of this project, then over TCP to an unmodified js-libp2p node. Then five processes find each other, keep a record
 * and chat. `pnpm demo [file]` sends a file of yours.
 */
import { createLibp2p, multiaddr } from '@ts-libp2p/libp2p'
import { createProxy } from '@ts-libp2p/testing/proxy'
import { type FarSide, startJsLibp2p, startReceiver } from './far-side.ts'
import { FILE, sendFile } from './file-protocol.ts'
import { runNetwork } from './network/index.ts'
import { createTestFile } from './test-file.ts'

const FILE_BYTES = 256 * 1024 * 1024
const TIME_LIMIT_MS = 180_000
/** Long enough that every wait of one side for the other shows. */
const PROXY_DELAY_MS = 25

// Whatever hangs, the demo ends.
setTimeout(() => {
  console.error('the demo took too long')
  process.exit(1)
}, TIME_LIMIT_MS).unref()

type Node = Awaited<ReturnType<typeof createNode>>
const createNode = () => createLibp2p({ addresses: { listen: [] } })

const row = (name: string, value: unknown): void => console.log(`  ${name.padEnd(14)} ${value}`)

async function show(node: Node, address: string, path: string): Promise<void> {
  const target = multiaddr(address)
  const connection = await node.dial(target)
  const info = await node.services.identify.identify(connection)
  row('address', address)
  row('peer', connection.remotePeer)
  row('agent', info.agentVersion)
  row('security', connection.encryption)
  row('muxer', connection.multiplexer)
  const pings: number[] = []
  for (let i = 0; i < 5; i++) pings.push(await node.services.ping.ping(connection.remotePeer))
  row('ping', `${Math.min(...pings).toFixed(2)} ms (best of ${pings.length})`)

  const stream = await connection.newStream(FILE)
  const { receipt, seconds } = await sendFile(stream, path, progressBar())
  row(
    'sent',
    `${megabytes(receipt.bytes)} in ${seconds.toFixed(2)} s: ${(receipt.bytes / seconds / 1e6).toFixed(0)} MB/s`
  )
  row('SHA-256', `${receipt.sha256.slice(0, 16)}… verified at the far side`)
  await node.hangUp(connection.remotePeer)
}

/** Connects once more through a proxy that counts how often the two sides wait for each other. */
async function countRoundTrips(address: string): Promise<number> {
  const node = await createNode()
  const port = Number(/\/tcp\/(\d+)/.exec(address)?.[1])
  const proxy = await createProxy({ host: '127.0.0.1', port, oneWayMs: PROXY_DELAY_MS })
  try {
    const stream = await node.dialProtocol(
      multiaddr(address.replace(/\/tcp\/\d+/, `/tcp/${proxy.port}`)),
      '/ipfs/ping/1.0.0'
    )
    stream.send(crypto.getRandomValues(new Uint8Array(32)))
    for await (const _ of stream) break
    return 1 + proxy.turnsOfFirstConnection() / 2
  } finally {
    await node.stop()
    await proxy.close()
  }
}

function progressBar(): (sent: number, total: number) => void {
  if (!process.stdout.isTTY) return () => {}
  let shown = -1
  return (sent, total) => {
    const percent = Math.floor((sent / total) * 100)
    if (percent === shown) return
    shown = percent
    const done = Math.round(percent / 2.5)
    process.stdout.write(`\r  sending        [${'█'.repeat(done)}${' '.repeat(40 - done)}] ${percent} %`)
    if (percent === 100) process.stdout.write(`\r${' '.repeat(66)}\r`)
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MiB`
const isWebSocket = (address: string): boolean => address.includes('/ws')

async function withFarSide(start: () => Promise<FarSide>, run: (far: FarSide) => Promise<void>): Promise<void> {
  const far = await start()
  try {
    await run(far)
  } finally {
    await far.stop()
  }
}

const given = process.argv[2]
const file = given === undefined ? await createTestFile(FILE_BYTES) : { path: given, remove: async () => {} }
const node = await createNode()
try {
  await withFarSide(startReceiver, async ({ addrs }) => {
    for (const address of [...addrs.filter(a => !isWebSocket(a)), ...addrs.filter(isWebSocket)]) {
      console.log(`\nTwo processes of this project over ${isWebSocket(address) ? 'WebSocket' : 'TCP'}`)
      await show(node, address, file.path)
      if (!isWebSocket(address))
        row('first byte', `${await countRoundTrips(address)} round trips after dialling, TCP's own included`)
    }
  })
  await withFarSide(startJsLibp2p, async ({ addrs }) => {
    const address = addrs.find(a => !isWebSocket(a)) as string
    console.log('\nThis project and js-libp2p 3.3 over TCP')
    await show(node, address, file.path)
    row('first byte', `${await countRoundTrips(address)} round trips after dialling, TCP's own included`)
  })
  console.log('\nAll files arrived as they were sent.')
  console.log('\nFive processes that nobody told anything')
  await runNetwork()
} finally {
  await node.stop()
  await file.remove()
}
