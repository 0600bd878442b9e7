/**
 * A node that takes part in multicast DNS, driven by lines: `dial <id or address>`, `stop`. Prints lines of JSON: what it is, whom it
 * discovers and finds. `node peer.fixture.ts <interface,…|all> <fingerprint|public> <listen address,…> [quiet]`
 */
import { createInterface } from 'node:readline'
import { createLibp2p, multiaddr, peerIdFromString } from '@ts-libp2p/libp2p'
import { mdns } from '../src/index.ts'

const [interfaces = '', fingerprint, listen = '', quiet] = process.argv.slice(2)
const node = await createLibp2p({
  addresses: { listen: listen.split(',') },
  services: {
    mdns: mdns({
      ...(interfaces === 'all' ? {} : { interfaces: interfaces.split(',') }),
      ...(fingerprint === 'public' ? {} : { fingerprint }),
      isAnnouncing: quiet === undefined
    })
  },
  start: false
})
const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
node.addEventListener('peer:discovery', ({ detail }) => {
  print({ discovered: String(detail.id), addrs: detail.multiaddrs.map(String) })
})
await node.start()
print({ peerId: String(node.peerId), addrs: node.getMultiaddrs().map(String) })

for await (const line of createInterface({ input: process.stdin })) {
  const [command, id = ''] = line.split(' ')
  if (command === 'stop') break
  if (command === 'dial') {
    const outcome = await node.dial(id.startsWith('/') ? multiaddr(id) : peerIdFromString(id)).then(
      connection => ({ dialled: id, addr: String(connection.remoteAddr) }),
      (err: Error) => ({ dialled: id, error: err.message })
    )
    print(outcome)
  }
}
await node.stop()
