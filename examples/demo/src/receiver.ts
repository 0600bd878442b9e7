/** The far side of the demo: listens on TCP and WebSocket, prints where as one JSON line, and receives files. */
import { createLibp2p } from '@ts-libp2p/libp2p'
import { FILE, receiveFile } from './file-protocol.ts'

const node = await createLibp2p({
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'] }
})
await node.handle(FILE, receiveFile)
console.log(JSON.stringify({ addrs: node.getMultiaddrs().map(String) }))

// The demo closes our standard input when it is done, or when it dies.
process.stdin.resume()
process.stdin.once('end', () => {
  node.stop().finally(() => process.exit(0))
})
