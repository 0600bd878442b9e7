import { ed25519FromSeed } from '@ts-libp2p/crypto'
import { multiaddr, peerIdFromPrivateKey } from '@ts-libp2p/libp2p'
import { toldToEnd } from './listen.ts'
import { startNode, TRANSPORTS } from './stack.ts'
import type { PerfClientTask, PerfServerTask } from './task.ts'

/** The client is told no peer id, so that the server is always the same one. */
const SERVER_KEY = ed25519FromSeed(new Uint8Array(32))

export async function runPerfServer({ stack, host, port }: PerfServerTask): Promise<void> {
  const node = await startNode(stack, { listen: { ip: host, port }, privateKey: SERVER_KEY })
  const end = toldToEnd()
  console.error(`listening on ${node.getMultiaddrs()[0]}`)
  await end
  await node.stop()
}

/** Prints what was transferred every second, and in the end the whole with the time that connecting took. */
export async function runPerfClient({ stack, host, port, uploadBytes, downloadBytes }: PerfClientTask): Promise<void> {
  const node = await startNode(stack)
  const server = `${TRANSPORTS[stack.transport].address(host, port)}/p2p/${peerIdFromPrivateKey(SERVER_KEY)}`
  try {
    for await (const report of node.services.perf.measurePerformance(multiaddr(server), uploadBytes, downloadBytes)) {
      if (report.type === 'intermediary' || report.type === 'final') console.log(JSON.stringify(report))
    }
  } finally {
    await node.stop()
  }
}
