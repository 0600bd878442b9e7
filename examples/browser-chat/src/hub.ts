/** The node in Node: tabs cannot reach each other, so they all dial this one, and gossipsub passes on what they say. */
import { gossipsub } from '@ts-libp2p/gossipsub'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { ECHO, TOPIC } from './protocols.ts'
import { type Line, Room } from './room.ts'

export interface Hub {
  readonly addresses: readonly string[]
  say(text: string): Promise<unknown>
  stop(): Promise<void>
}

export async function startHub(onLine: (line: Line) => void): Promise<Hub> {
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
    services: { pubsub: gossipsub() }
  })
  await node.handle(ECHO, stream => stream.sink(stream.source))
  const self = { peerId: node.peerId.toString(), name: 'Node process', kind: 'node' as const }
  const room = new Room({ ...{ pubsub: node.services.pubsub, self, topic: TOPIC, onLine }, onPeople: () => {} })
  return {
    addresses: node.getMultiaddrs().map(String),
    say: text => room.say(text),
    async stop() {
      await room.leave()
      await node.stop()
    }
  }
}
