import type { Agent, Reply } from '../agent.ts'
import type { Run, Workload } from '../workload.ts'

const LARGE = 64 * 1024
const SMALL = 1024

interface Flow {
  readonly chunkBytes: number
  readonly streams?: number
  readonly direction?: 'up' | 'down'
  readonly transport?: 'tcp' | 'ws'
}

interface Measured {
  readonly reader: Reply
  readonly writer: Reply
}

/** Lets bytes flow and counts them where they arrive. */
async function measureFlow(run: Run, flow: Flow, ms?: number): Promise<Measured> {
  const { server, client } = await run.pair({ transport: flow.transport ?? 'tcp' })
  const isDown = flow.direction === 'down' || run.peer === 'limit'
  const params = { addr: server.addr, streams: flow.streams ?? 1, chunkBytes: flow.chunkBytes }
  await client.ask(isDown ? 'download' : 'upload', params)
  const [reader, writer] = isDown ? [client, server] : [server, client]
  const measured = await measureBoth(run, reader, writer, ms)
  await client.ask('stop')
  return measured
}

async function measureBoth({ pace }: Run, reader: Agent, writer: Agent, ms = pace.durationMs): Promise<Measured> {
  const span = { warmupMs: pace.warmupMs, durationMs: ms }
  const [read, wrote] = await Promise.all([reader, writer].map(agent => agent.ask('measure', span, pace.warmupMs + ms)))
  return { reader: read as Reply, writer: wrote as Reply }
}

/** Decimal megabytes a second. */
function megabytesPerSecond({ bytes = 0, ms = 0 }: Reply): number {
  return bytes / ms / 1000
}

function throughput(name: string, peers: Workload['peers'], flow: Flow, about: string): Workload {
  return {
    name,
    peers,
    rows: [{ name, unit: 'MB/s', higherIsBetter: true, about }],
    run: async run => ({ [name]: megabytesPerSecond((await measureFlow(run, flow)).reader) })
  }
}

export const upload64k: Workload = throughput(
  'upload-64k',
  ['js', 'go', 'rust', 'limit'],
  { chunkBytes: LARGE },
  'One stream, 64 KiB writes, counted where they are read.'
)

export const download64k: Workload = throughput(
  'download-64k',
  ['js', 'go', 'rust', 'limit'],
  { chunkBytes: LARGE, direction: 'down' },
  'The same, written by the side that accepted the connection.'
)

export const wsUpload64k: Workload = throughput(
  'ws-upload-64k',
  ['js'],
  { chunkBytes: LARGE, transport: 'ws' },
  'As `upload-64k`, over WebSocket.'
)

/** One measurement, two rows: what 1 KiB messages cost in time and in garbage. */
export const upload1k: Workload = {
  name: 'upload-1k',
  peers: ['js', 'go', 'rust'],
  rows: [
    { name: 'upload-1k', unit: 'MB/s', higherIsBetter: true, about: 'One stream, 1 KiB writes.' },
    {
      name: 'alloc-1k',
      unit: 'B/message',
      higherIsBetter: false,
      about: 'Heap bytes that both sides together allocate for each 1 KiB of `upload-1k`.'
    }
  ],
  async run(run) {
    const { reader, writer } = await measureFlow(run, { chunkBytes: SMALL })
    const allocated = ((reader.allocatedBytes ?? 0) + (writer.allocatedBytes ?? 0)) / ((reader.bytes ?? 0) / SMALL)
    return { 'upload-1k': megabytesPerSecond(reader), ...(run.peer === 'go' ? {} : { 'alloc-1k': allocated }) }
  }
}

export const manyStreams: Workload = {
  name: 'many-streams',
  peers: ['js', 'go', 'rust'],
  rows: [
    {
      name: 'many-streams',
      unit: 'MB/s',
      higherIsBetter: true,
      about: '1,000 streams of one connection, all sending 4 KiB messages.'
    },
    {
      name: 'many-streams-fairness',
      unit: 'slowest/median',
      higherIsBetter: true,
      about: 'Bytes that the slowest of those streams got through, over what the median one did.'
    }
  ],
  async run(run) {
    const { reader } = await measureFlow(run, { chunkBytes: 4096, streams: 1000 })
    return { 'many-streams': megabytesPerSecond(reader), 'many-streams-fairness': reader.slowestToMedian ?? 0 }
  }
}
