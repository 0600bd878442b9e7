import { createHash, randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

/** Opcodes of RFC 6455, 5.2. */
export const CONTINUATION = 0
export const TEXT = 1
export const BINARY = 2
export const PING = 9

export interface WsFrame {
  readonly opcode: number
  readonly body?: Uint8Array
  readonly isLast?: boolean
  /** RSV1: the message is compressed. */
  readonly isCompressed?: boolean
  /** What the header says, whatever the body has. */
  readonly length?: bigint
}

/** A frame as a client sends it: masked, with a key of zeros. */
export function wsFrame({
  opcode,
  body = new Uint8Array(0),
  isLast = true,
  isCompressed = false,
  length
}: WsFrame): Buffer {
  const says = length ?? BigInt(body.byteLength)
  const extended = says < 126n ? 0 : says < 65536n ? 2 : 8
  const header = Buffer.alloc(2 + extended + 4)
  header[0] = (isLast ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode
  header[1] = 0x80 | (extended === 0 ? Number(says) : extended === 2 ? 126 : 127)
  if (extended === 2) header.writeUInt16BE(Number(says), 2)
  if (extended === 8) header.writeBigUInt64BE(says, 2)
  return Buffer.concat([header, body])
}

export interface UpgradeOptions {
  /** More header lines. */
  readonly headers?: readonly string[]
}

/** The request that asks for a WebSocket. */
export function upgradeRequest({ headers = [] }: UpgradeOptions = {}): { text: string; accept: string } {
  const key = randomBytes(16).toString('base64')
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  const lines = [
    'GET / HTTP/1.1',
    'Host: node',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${key}`,
    ...headers
  ]
  return { text: `${lines.join('\r\n')}\r\n\r\n`, accept }
}

export interface WsAttacker {
  readonly socket: Socket
  /** What the node answered to the upgrade. */
  readonly response: string
  /** The code of the close frame that the node sent, once the connection is over. */
  closeCode(): Promise<number | undefined>
}

/** A TCP connection to a port of loopback that nothing was said on. */
export function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => resolve(socket.on('error', () => {})))
  })
}

/** Resolves when the socket is gone. Reads what comes, so that its end is seen. */
export function gone(socket: Socket): Promise<void> {
  socket.resume()
  return socket.destroyed ? Promise.resolve() : new Promise(resolve => socket.once('close', () => resolve()))
}

/** A WebSocket to a port of loopback, whose frames are written by hand. */
export async function wsAttacker(port: number, options?: UpgradeOptions): Promise<WsAttacker> {
  const socket = await openSocket(port)
  const { text } = upgradeRequest(options)
  const heard: Buffer[] = []
  socket.on('data', (chunk: Buffer) => {
    if (heard.length < 1000) heard.push(chunk)
  })
  socket.write(text)
  const said = (): Buffer => Buffer.concat(heard)
  await new Promise<void>((resolve, reject) => {
    socket.on('data', () => {
      if (said().includes('\r\n\r\n')) resolve()
    })
    socket.once('close', () => reject(new Error('the node hung up before the upgrade')))
  })
  const headEnd = said().indexOf('\r\n\r\n') + 4
  return {
    socket,
    response: said().subarray(0, headEnd).toString(),
    async closeCode() {
      await gone(socket)
      return closeCodeIn(said().subarray(headEnd))
    }
  }
}

function closeCodeIn(bytes: Buffer): number | undefined {
  for (let at = 0; at + 2 <= bytes.byteLength; ) {
    const opcode = (bytes[at] as number) & 0x0f
    const short = (bytes[at + 1] as number) & 0x7f
    const [size, start] = short < 126 ? [short, at + 2] : [bytes.readUInt16BE(at + 2), at + 4]
    if (opcode === 8) return size >= 2 ? bytes.readUInt16BE(start) : undefined
    at = start + size
  }
  return undefined
}
