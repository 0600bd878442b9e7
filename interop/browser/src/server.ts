/** A node in Node that speaks all that a page may ask of it. */
import { EventEmitter, once } from 'node:events'
import { fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import { gossipsub } from '@ts-libp2p/gossipsub'
import type { PrivateKey, Stream } from '@ts-libp2p/interface'
import { kadDHT } from '@ts-libp2p/kad-dht'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { DHT, ECHO, STALL, TOPIC, WAKE } from './protocols.ts'

export type Server = Awaited<ReturnType<typeof startServer>>

export async function startServer(privateKey: PrivateKey, listen: string) {
  const server = await createLibp2p({
    privateKey,
    addresses: { listen: [listen] },
    services: { pubsub: gossipsub(), dht: kadDHT({ protocol: DHT, clientMode: false }) }
  })
  const alarm = new EventEmitter()
  await server.handle(ECHO, stream => stream.sink(stream.source))
  await server.handle(STALL, async stream => {
    await once(alarm, 'wake')
    await tellLength(stream)
  })
  await server.handle(WAKE, async stream => {
    alarm.emit('wake')
    await stream.close()
  })
  const { pubsub } = server.services
  pubsub.addEventListener('message', ({ detail: { data } }) => {
    const text = toUtf8(data)
    if (!text.startsWith('answer')) void pubsub.publish(TOPIC, fromUtf8(`answer: ${text}`))
  })
  pubsub.subscribe(TOPIC)
  return server
}

async function tellLength(stream: Stream): Promise<void> {
  let length = 0
  for await (const chunk of stream) length += chunk.byteLength
  stream.send(fromUtf8(String(length)))
  await stream.close()
}
