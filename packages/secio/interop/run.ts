/**
 * Handshakes and echoes with py-libp2p, both ways. Opt-in: it needs a Python with `pip install libp2p`.
 * Run it with `PYTHON=path/to/python node --conditions=@ts-libp2p/source packages/secio/interop/run.ts`.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { generateKeyPair, systemRandom } from '@ts-libp2p/crypto'
import type { MessageStreamDirection, SecuredConnection } from '@ts-libp2p/interface'
import { peerIdFromPrivateKey } from '@ts-libp2p/peer-id'
import { ByteStream, StreamReader } from '@ts-libp2p/stream'
import { secio } from '../src/index.ts'

const ROUNDS = 4
const ECHO_BYTES = 300_000

/** A raw connection over a socket: enough for a test, see `transport-tcp` for the real thing. */
function overSocket(socket: Socket, direction: MessageStreamDirection): ByteStream {
  const stream: ByteStream = new ByteStream({
    direction,
    owner: {
      queued: () => queueMicrotask(move),
      reading: (_, wanted) => void (wanted ? socket.resume() : socket.pause()),
      aborted: () => void socket.destroy(),
      ended: () => void socket.destroy()
    }
  })
  function move(): void {
    const chunks: Uint8Array[] = []
    stream.pull(chunks, Number.MAX_SAFE_INTEGER)
    for (const chunk of chunks) socket.write(chunk)
    if (stream.isFinQueued) socket.end(() => stream.finSent())
  }
  socket.on('data', chunk => stream.receive(chunk as Uint8Array))
  socket.on('end', () => stream.receiveEnd())
  socket.on('error', err => stream.receiveReset(err))
  return stream
}

function python(...args: string[]): { line: (name: string) => Promise<string>; exit: Promise<unknown> } {
  const child = spawn(process.env.PYTHON ?? 'python3', [new URL('peer.py', import.meta.url).pathname, ...args], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const line = async (name: string): Promise<string> => {
    const { value = '' } = await lines.next()
    assert.ok(value.startsWith(`${name} `), `${name} was expected, not '${value}'`)
    return value.slice(name.length + 1)
  }
  return { line, exit: once(child, 'exit') }
}

async function echo({ connection }: SecuredConnection): Promise<void> {
  const bytes = systemRandom.bytes(ECHO_BYTES)
  connection.send(bytes)
  const reader = new StreamReader(connection)
  assert.deepEqual(Buffer.from(await reader.read(ECHO_BYTES)), Buffer.from(bytes))
  await connection.close()
}

const privateKey = await generateKeyPair('Ed25519')
const self = peerIdFromPrivateKey(privateKey).toString()
const encrypter = secio()({ privateKey })
const signal = AbortSignal.timeout(60_000)

async function dialPython(): Promise<void> {
  const { line, exit } = python('listen')
  const theirs = await line('self')
  const socket = connect(Number(await line('port')), '127.0.0.1')
  const secured = await encrypter.secureOutbound(overSocket(socket, 'outbound'), { signal })
  assert.equal(secured.remotePeer.toString(), theirs)
  assert.equal(await line('remote'), self)
  await echo(secured)
  await exit
}

async function listenToPython(): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { line, exit } = python('dial', String((server.address() as { port: number }).port), self)
  const theirs = await line('self')
  const [socket] = (await once(server, 'connection')) as [Socket]
  const secured = await encrypter.secureInbound(overSocket(socket, 'inbound'), { signal })
  assert.equal(secured.remotePeer.toString(), theirs)
  assert.equal(await line('remote'), self)
  await echo(secured)
  await exit
  server.close()
}

for (let round = 0; round < ROUNDS; round++) {
  await dialPython()
  await listenToPython()
  console.log(`round ${round + 1} of ${ROUNDS}: both ways, ${ECHO_BYTES} bytes echoed`)
}
