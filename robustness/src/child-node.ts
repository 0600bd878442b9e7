/** A node in a process of its own, for faults that end or freeze one. Says where it listens. */
import { createLibp2p } from '@ts-libp2p/libp2p'

const [host = '127.0.0.1'] = process.argv.slice(2)
const node = await createLibp2p({ addresses: { listen: [`/ip4/${host}/tcp/0`] } })
await node.handle('/pour/1.0.0', async stream => {
  const block = new Uint8Array(64 * 1024)
  for (;;) if (!stream.send(block)) await stream.onDrain()
})
console.log(`listening ${node.getMultiaddrs()[0]}`)
// Until whoever started us is gone.
process.stdin.on('end', () => process.exit(0)).resume()
