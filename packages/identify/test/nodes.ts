import { fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import { ed25519FromSeed, publicKeyToProtobuf } from '@ts-libp2p/crypto'
import type { PrivateKey, Stream } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdFromPrivateKey } from '@ts-libp2p/peer-id'
import { createPeerStore } from '@ts-libp2p/peer-store'
import { TestNetwork, TestNode } from '@ts-libp2p/testing'
import { type Identify, type IdentifyOptions, identify } from '../src/index.ts'
import type { IdentifyMessage } from '../src/message.ts'
import { Identify as Message } from '../src/pb/identify.js'

/** The same key for the same name. */
export function keyOf(name: string): PrivateKey {
  const seed = new Uint8Array(32)
  seed.set(fromUtf8(name))
  return ed25519FromSeed(seed)
}

export function publicKeyBytes(name: string): Uint8Array {
  return publicKeyToProtobuf(keyOf(name).publicKey)
}

export function nodeOf(network: TestNetwork, name: string): TestNode {
  const privateKey = keyOf(name)
  const peerId = peerIdFromPrivateKey(privateKey)
  const peerStore = createPeerStore({ peerId, clock: network.clock })
  const address = multiaddr(`/ip4/1.2.3.${10 + network.nodes.size}/tcp/4001`)
  return new TestNode({ network, peerId, privateKey, peerStore, address })
}

export function started(node: TestNode, options?: IdentifyOptions): Identify {
  const service = identify(options)(node)
  void service.start()
  return service
}

export function encode(message: IdentifyMessage): Uint8Array {
  return Message.encode(message).finish()
}

/** Answers with these messages, whatever they are, and ends the stream. */
export function answerWith(...messages: Uint8Array[]): (stream: Stream) => Promise<void> {
  return async stream => {
    for (const message of messages) stream.send(lengthPrefixed(message))
    await stream.close()
  }
}

export { TestNetwork, type TestNode }
