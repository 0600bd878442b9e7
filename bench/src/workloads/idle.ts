import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from '../agent.ts'
import type { Workload } from '../workload.ts'

/** Connections before the first weighing: what is loaded and compiled with the first of them is not theirs. */
const WARMUP_CONNECTIONS = 500
const QUICK_WARMUP_CONNECTIONS = 5

export const idle: Workload = {
  name: 'idle',
  peers: ['js'],
  rows: [
    {
      name: 'conn-memory',
      unit: 'kB',
      higherIsBetter: false,
      about: 'Heap per idle, identified connection of the side that accepted 500 of them, each from a peer of its own.'
    },
    {
      name: 'conn-buffers',
      unit: 'kB',
      higherIsBetter: false,
      about: 'Buffer memory outside the heap per such connection.'
    },
    {
      name: 'idle-cpu',
      unit: '% of a core',
      higherIsBetter: false,
      about: 'CPU of the side that holds 500 idle connections.'
    }
  ],
  async run({ pair, pace }) {
    const { server, client } = await pair({ services: 'all', exposeGc: true })
    const connect = async (count: number, total: number): Promise<Reply> => {
      await client.ask('fleet', { addr: server.addr, count })
      await server.ask('identified', { count: total })
      await sleep(pace.settleMs)
      return server.ask('heap')
    }
    const warmUp = pace.quick ? QUICK_WARMUP_CONNECTIONS : WARMUP_CONNECTIONS
    const before = await connect(warmUp, warmUp)
    const after = await connect(pace.idleConnections, pace.idleConnections + warmUp)
    const idleFrom = await server.ask('cpu')
    await sleep(pace.idleMs)
    const idleTo = await server.ask('cpu')
    const perConnection = (key: string): number => (after[key]! - before[key]!) / pace.idleConnections / 1000
    return {
      'conn-memory': perConnection('heapBytes'),
      'conn-buffers': perConnection('bufferBytes'),
      'idle-cpu': ((idleTo.cpuMs! - idleFrom.cpuMs!) / (idleTo.atMs! - idleFrom.atMs!)) * 100
    }
  }
}
