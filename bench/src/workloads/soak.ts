import type { Workload } from '../workload.ts'

/** Full load for a while: what is kept although nobody needs it shows as growth. */
export const soak: Workload = {
  name: 'soak',
  peers: ['js'],
  fullOnly: true,
  once: true,
  rows: [
    {
      name: 'heap-growth',
      unit: 'MB',
      higherIsBetter: false,
      about: 'Growth of both heaps together, garbage collected, over a minute of `upload-1k` at full load.'
    }
  ],
  async run(run) {
    const { server, client } = await run.pair({ transport: 'tcp', exposeGc: true })
    const heapBytes = async (): Promise<number> => {
      const heaps = await Promise.all([server.ask('heap'), client.ask('heap')])
      return heaps.reduce((sum, heap) => sum + (heap.heapBytes ?? 0), 0)
    }
    const params = { addr: server.addr, streams: 1, chunkBytes: 1024 }
    await client.ask('upload', params)
    const { warmupMs, durationMs } = run.pace
    await server.ask('measure', { warmupMs, durationMs }, warmupMs + durationMs)
    const before = await heapBytes()
    await server.ask('measure', { warmupMs: 0, durationMs: run.pace.soakMs }, run.pace.soakMs)
    const after = await heapBytes()
    await client.ask('stop')
    return { 'heap-growth': (after - before) / 1e6 }
  }
}
