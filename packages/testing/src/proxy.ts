import { createServer, connect as dial, type Server, type Socket } from 'node:net'

export interface ProxyOptions {
  host: string
  port: number
  /** Milliseconds that every byte takes each way. Default 0. */
  oneWayMs?: number
}

export interface Proxy {
  readonly port: number
  /** How often the flow changed its direction on the first connection: two turns are one round trip. */
  turnsOfFirstConnection(): number
  close(): Promise<void>
}

/**
 * A TCP proxy on loopback that delays what passes and counts how often the two sides waited for each other. For tests
 * of round trips, in Node. The TCP handshake itself is not delayed: it costs one round trip more than is counted.
 */
export async function createProxy({ host, port, oneWayMs = 0 }: ProxyOptions): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const turns: number[] = []
  const server = createServer({ noDelay: true }, client => {
    const far = dial({ host, port, noDelay: true })
    const index = turns.push(0) - 1
    let last: Socket | undefined
    for (const [from, to] of [
      [client, far],
      [far, client]
    ] as const) {
      sockets.add(from)
      from.on('data', chunk => {
        if (last !== from) turns[index] = (turns[index] ?? 0) + 1
        last = from
        later(oneWayMs, () => to.writable && to.write(chunk))
      })
      from.on('end', () => later(oneWayMs, () => to.end()))
      from.on('error', () => to.destroy())
      from.on('close', () => sockets.delete(from))
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    turnsOfFirstConnection: () => turns[0] ?? 0,
    close: () => closeAll(server, sockets)
  }
}

function later(ms: number, fn: () => void): void {
  if (ms === 0) fn()
  else setTimeout(fn, ms)
}

function closeAll(server: Server, sockets: Set<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy()
  return new Promise(resolve => server.close(() => resolve()))
}
