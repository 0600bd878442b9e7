import { multiaddr } from '@ts-libp2p/libp2p'
import { findAddress } from './meeting.ts'
import { measurements, pingAsJson, pingAsYaml } from './report.ts'
import { type AdapterNode, startNode } from './stack.ts'
import type { DialTask, MeasurePlan } from './task.ts'

type Address = ReturnType<typeof multiaddr>

export interface PingTimes {
  /** From the beginning of the dial to the answer of the first ping. */
  handshakePlusOneRttMs: number
  pingRttMs: number
}

export interface Measurements {
  uploadGbps: number[]
  downloadGbps: number[]
  latencyMs: number[]
}

/** Finds the listener, does what is asked, and prints the result. */
export async function dial({ stack, meeting, work }: DialTask): Promise<void> {
  const node = await startNode(stack)
  try {
    const address = multiaddr(await findAddress(meeting))
    console.error(`dialing ${address}`)
    const signal = AbortSignal.timeout(meeting.timeoutMs)
    if (typeof work === 'object') console.log(measurements(await measure(node, address, work, signal)))
    else console.log((work === 'json' ? pingAsJson : pingAsYaml)(await ping(node, address, signal)))
  } finally {
    await node.stop()
  }
}

async function ping(node: AdapterNode, address: Address, signal: AbortSignal): Promise<PingTimes> {
  const startedAt = performance.now()
  await node.dial(address, { signal })
  await node.services.ping.ping(address, { signal })
  const handshakePlusOneRttMs = performance.now() - startedAt
  return { handshakePlusOneRttMs, pingRttMs: await node.services.ping.ping(address, { signal }) }
}

async function measure(
  node: AdapterNode,
  address: Address,
  plan: MeasurePlan,
  signal: AbortSignal
): Promise<Measurements> {
  await node.dial(address, { signal })
  const { uploadBytes, downloadBytes, uploads, downloads, latencies } = plan
  const seconds = (up: number, down: number): Promise<number> => transfer(node, address, up, down)
  return {
    uploadGbps: (await repeat(uploads, () => seconds(uploadBytes, 0))).map(s => gbps(uploadBytes, s)),
    downloadGbps: (await repeat(downloads, () => seconds(0, downloadBytes))).map(s => gbps(downloadBytes, s)),
    latencyMs: (await repeat(latencies, () => seconds(1, 1))).map(s => s * 1000)
  }
}

async function repeat(times: number, once: () => Promise<number>): Promise<number[]> {
  const results: number[] = []
  while (results.length < times) results.push(await once())
  return results
}

async function transfer(node: AdapterNode, address: Address, up: number, down: number): Promise<number> {
  const reports = node.services.perf.measurePerformance(address, up, down, { reuseExistingConnection: true })
  for await (const { type, timeSeconds } of reports) if (type === 'final') return timeSeconds
  throw new Error('the transfer did not end')
}

function gbps(bytes: number, seconds: number): number {
  return (bytes * 8) / seconds / 1e9
}
