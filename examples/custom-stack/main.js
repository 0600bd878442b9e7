// Single modules, wired by hand: TCP, then noise, then yamux, then a protocol of our own on every stream. There is no
// node here, no peer store and no dialer; any libp2p node would take either end for one of its own.
import { generateKeyPair } from '@ts-libp2p/crypto'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { handle, select } from '@ts-libp2p/multistream-select'
import { noise } from '@ts-libp2p/noise'
import { tcp } from '@ts-libp2p/transport-tcp'
import { yamux } from '@ts-libp2p/yamux'

const SUM = '/sum/1.0.0'
const TIMEOUT_MS = 10_000

const transport = tcp()()
const multiplexing = yamux()()

/** What a transport hands raw connections to: it makes them secure, and carries many streams over each. */
async function createUpgrader(onConnection) {
  const security = noise()({ privateKey: await generateKeyPair('Ed25519') })
  return {
    async upgradeOutbound(raw, { signal }) {
      await select(raw, [security.protocol], { signal })
      const { connection, remotePeer } = await security.secureOutbound(raw, { signal })
      await select(connection, [multiplexing.protocol], { signal })
      return { remotePeer, muxer: multiplexing.createStreamMuxer(connection) }
    },
    async upgradeInbound(raw, { signal }) {
      await handle(raw, [security.protocol], { signal })
      const { connection, remotePeer } = await security.secureInbound(raw, { signal })
      await handle(connection, [multiplexing.protocol], { signal })
      onConnection({ remotePeer, muxer: multiplexing.createStreamMuxer(connection) })
    },
    createInboundAbortSignal(signal) {
      return Object.assign(AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]), { clear() {} })
    }
  }
}

/** Answers the sum of the bytes that come, when their sender has finished. */
async function sum(stream) {
  let total = 0
  for await (const chunk of stream) for (const byte of chunk.subarray()) total += byte
  stream.send(new TextEncoder().encode(`${total}`))
  await stream.close()
}

async function serve(stream) {
  try {
    await handle(stream, [SUM], { signal: AbortSignal.timeout(TIMEOUT_MS) })
    await sum(stream)
  } catch (err) {
    stream.abort(err)
  }
}

const listenerUpgrader = await createUpgrader(({ remotePeer, muxer }) => {
  console.log('accepted', remotePeer.toString())
  muxer.addEventListener('stream', ({ detail: stream }) => void serve(stream))
})
const listener = transport.createListener({ upgrader: listenerUpgrader })
await listener.listen(multiaddr('/ip4/127.0.0.1/tcp/0'))

const signal = AbortSignal.timeout(TIMEOUT_MS)
const [address] = listener.getAddrs()
const upgrader = await createUpgrader(() => {})
const { remotePeer, muxer } = await transport.dial(address, { upgrader, signal })
console.log('dialled', remotePeer.toString(), 'at', address.toString())

// Three streams at once, over the one connection.
async function ask(...numbers) {
  const stream = await muxer.createStream({ signal })
  await select(stream, [SUM], { signal })
  stream.send(Uint8Array.from(numbers))
  await stream.close({ signal })
  let answer = ''
  for await (const chunk of stream) answer += new TextDecoder().decode(chunk.subarray())
  console.log(`the sum of ${numbers.join(' + ')} is ${answer}`)
}
await Promise.all([ask(1, 2, 3), ask(40, 2), ask(255, 255)])

await muxer.close({ signal })
await listener.close()
