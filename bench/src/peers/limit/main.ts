/** What the primitives below a libp2p can do on this machine: sockets and a cipher, no protocol. */
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { Readings, repeat, Window } from '../count.ts'
import { agentArguments, type Commands, PROCESS_COMMANDS, serve } from '../protocol.ts'
import { floodSealed, readSealed } from './pipe.ts'

const FLOOD = Buffer.from('F')
const MESSAGE = Buffer.alloc(32, 7)

const { role } = agentArguments()
const readings = new Readings()
const open = new Set<net.Socket>()

const server = net.createServer({ noDelay: true }, socket => {
  socket.on('error', () => socket.destroy())
  socket.once('data', first => {
    if (first[0] === FLOOD[0]) return floodSealed(socket)
    socket.write(first)
    socket.on('data', chunk => socket.write(chunk))
  })
})

async function listen(): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}`
}

const portOf = (addr: string): number => Number(addr.split('/')[4])

async function connect(addr: string): Promise<net.Socket> {
  const socket = net.connect({ port: portOf(addr), host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

/** Sends and waits until as much came back. */
function roundTrip(socket: net.Socket, message: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = message.length
    const take = (chunk: Buffer): void => {
      left -= chunk.length
      if (left > 0) return
      socket.off('data', take).off('error', reject)
      resolve()
    }
    socket.on('data', take).on('error', reject)
    socket.write(message)
  })
}

async function dialOnce(addr: string, message: Buffer): Promise<void> {
  const socket = await connect(addr)
  await roundTrip(socket, message)
  socket.end()
  await once(socket, 'close')
}

function pingPong(socket: net.Socket, window: Window): Promise<object> {
  return new Promise(resolve => {
    let received = 0
    socket.on('data', chunk => {
      received += chunk.length
      if (received < MESSAGE.length) return
      received = 0
      if (window.tick()) return socket.write(MESSAGE)
      socket.destroy()
      resolve(window.result())
    })
    socket.write(MESSAGE)
  })
}

/** The side that reads is the one that connects: only there Node offers a read buffer of one's own. */
const commands: Commands = {
  async download({ addr }) {
    const reading = readings.open()
    const socket = readSealed(portOf(addr), FLOOD, bytes => {
      reading.bytes += bytes
    })
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      readings.close(reading)
      open.delete(socket)
    })
    await once(socket, 'connect')
    return {}
  },
  measure: request => readings.measure(request),
  echo: async request => pingPong(await connect(request.addr), new Window(request)),
  dial: request => repeat(new Window(request), 1, () => dialOnce(request.addr, MESSAGE)),
  async firstByte({ addr }) {
    const startedAt = performance.now()
    const socket = await connect(addr)
    await roundTrip(socket, MESSAGE.subarray(0, 1))
    socket.destroy()
    return { ms: performance.now() - startedAt }
  },
  ...PROCESS_COMMANDS,
  async stop() {
    for (const socket of open) socket.destroy()
    return {}
  }
}

serve({ addr: role === 'server' ? await listen() : '', version: `Node ${process.versions.node}` }, commands)
