import { publishAddress } from './meeting.ts'
import { startNode } from './stack.ts'
import type { ListenTask } from './task.ts'

/** Serves pings and transfers until it is told to end. */
export async function listen({ stack, ip, meeting }: ListenTask): Promise<void> {
  const node = await startNode(stack, { listen: { ip, port: 0 } })
  try {
    const address = reachable(node.getMultiaddrs().map(String))
    await publishAddress(meeting, address)
    const end = toldToEnd()
    console.error(`listening on ${address}`)
    await end
  } finally {
    await node.stop()
  }
}

/** The address that another container can dial; a loopback one only when there is no other. */
function reachable(addresses: readonly string[]): string {
  const address = addresses.find(address => !address.startsWith('/ip4/127.')) ?? addresses[0]
  if (address === undefined) throw new Error('there is no address to publish')
  return address
}

export function toldToEnd(): Promise<void> {
  return new Promise(resolve => {
    // A signal alone keeps no process alive.
    const keepAlive = setInterval(() => {}, 2 ** 30)
    const end = (): void => {
      clearInterval(keepAlive)
      resolve()
    }
    process.once('SIGTERM', end)
    process.once('SIGINT', end)
  })
}
