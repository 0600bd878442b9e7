/** The far side: the node that the addresses in samples stand for. */
import { gossipsub } from '@ts-libp2p/gossipsub'
import { kadDHT } from '@ts-libp2p/kad-dht'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { perf } from '@ts-libp2p/perf'
import { rendezvousServer } from '@ts-libp2p/rendezvous'

const node = await createLibp2p({
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'] },
  services: {
    perf: perf(),
    pubsub: gossipsub(),
    dht: kadDHT({ protocol: '/my-app/kad/1.0.0', clientMode: false }),
    rendezvous: rendezvousServer()
  }
})
await node.handle('/echo/1.0.0', stream => stream.sink(stream.source))

const addresses: string[] = node.getMultiaddrs().map(String)

export const address: string = addresses.find(text => !text.includes('/ws')) ?? ''
export const wsAddress: string = addresses.find(text => text.includes('/ws')) ?? ''
export { node }
