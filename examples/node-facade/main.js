// Two nodes in one process. They could as well be at two ends of the world.
import { createLibp2p } from '@ts-libp2p/libp2p'

const SHOUT = '/shout/1.0.0'
const [encoder, decoder] = [new TextEncoder(), new TextDecoder()]

// One node answers in capitals. No options at all: it listens on free TCP ports.
const listener = await createLibp2p()
await listener.handle(SHOUT, async stream => {
  for await (const chunk of stream) {
    const answer = encoder.encode(decoder.decode(chunk.subarray()).toUpperCase())
    if (!stream.send(answer)) await stream.onDrain()
  }
  await stream.close()
})
console.log('listening on', listener.getMultiaddrs().map(String).join(' '))

// The other dials it: the fastest of its addresses wins.
const dialer = await createLibp2p({ addresses: { listen: [] } })
const connection = await dialer.dial(listener.getMultiaddrs())
const { agentVersion } = await dialer.services.identify.identify(connection)
console.log(`${connection.remotePeer} is ${agentVersion}, over ${connection.encryption} and ${connection.multiplexer}`)
console.log(`it is ${(await dialer.services.ping.ping(listener.peerId)).toFixed(2)} ms away`)

const stream = await connection.newStream(SHOUT)
stream.send(encoder.encode('hello'))
await stream.close()
for await (const chunk of stream) console.log('it says', decoder.decode(chunk.subarray()))

await Promise.all([dialer.stop(), listener.stop()])
