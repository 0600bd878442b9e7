import { createInterface } from 'node:readline'

export interface Request {
  id: number
  cmd: string
  addr: string
  bytes: number
  up: number
  down: number
  streams: number
  /** A peer id. */
  peer: string
  /** Bytes are written as hex. */
  key: string
  value: string
  multihash: string
  sequence: number
  text: string
}

export type Commands = Readonly<Record<string, (request: Request) => Promise<object>>>

/** Does what the lines on standard input say, until it ends. */
export function serve(commands: Commands): void {
  const lines = createInterface({ input: process.stdin })
  lines.on('line', line => void answer(JSON.parse(line) as Request, commands))
  lines.on('close', () => process.exit(0))
}

async function answer(request: Request, commands: Commands): Promise<void> {
  let reply: object
  try {
    const command = commands[request.cmd]
    if (command === undefined) throw new Error(`unknown command ${request.cmd}`)
    reply = { ok: true, ...(await command(request)) }
  } catch (err) {
    reply = { ok: false, error: err instanceof Error ? `${err.name}: ${err.message}` : String(err) }
  }
  process.stdout.write(`${JSON.stringify({ id: request.id, ...reply })}\n`)
  if (request.cmd === 'stop') process.exit(0)
}
