import type { Run, Workload } from '../workload.ts'

interface Exchange {
  readonly cmd: 'echo' | 'streams' | 'dial'
  readonly parallel?: number
}

async function perSecond(run: Run, { cmd, parallel = 1 }: Exchange): Promise<number> {
  const { server, client } = await run.pair()
  const { warmupMs, durationMs } = run.pace
  const params = { addr: server.addr, parallel, warmupMs, durationMs }
  const { count = 0, ms = 0 } = await client.ask(cmd, params, warmupMs + durationMs)
  await client.ask('stop')
  return (count / ms) * 1000
}

function exchange(name: string, peers: Workload['peers'], what: Exchange, about: string): Workload {
  return {
    name,
    peers,
    rows: [{ name, unit: '1/s', higherIsBetter: true, about }],
    run: async run => ({ [name]: await perSecond(run, what) })
  }
}

export const echo32: Workload = exchange(
  'echo-32',
  ['js', 'go', 'rust', 'limit'],
  { cmd: 'echo' },
  'Round trips of 32 bytes on one open stream. The limit is a bare TCP socket.'
)

export const streams: Workload = exchange(
  'streams',
  ['js', 'go', 'rust'],
  { cmd: 'streams' },
  'Open a stream, echo 32 bytes, close it, one after another.'
)

export const streamsParallel: Workload = exchange(
  'streams-parallel',
  ['js', 'go', 'rust'],
  { cmd: 'streams', parallel: 100 },
  'The same, 100 at a time.'
)

export const dial: Workload = exchange(
  'dial',
  ['js', 'go', 'rust', 'limit'],
  { cmd: 'dial' },
  'Connect, secure, multiplex, echo 32 bytes on a stream, close the connection, one after another. The limit is a TCP connect and echo.'
)
