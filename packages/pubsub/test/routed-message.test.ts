import { fromUtf8 } from '@ts-libp2p/bytes'
import { generateKeyPair, publicKeyToProtobuf } from '@ts-libp2p/crypto'
import { peerIdFromPublicKey, peerIdToBytes } from '@ts-libp2p/peer-id'
import { describe, expect, it } from 'vitest'
import { RoutedMessage } from '../src/routed-message.ts'
import { encodeMessage } from '../src/wire-message.ts'

const { publicKey } = await generateKeyPair('Ed25519')
const peerId = peerIdFromPublicKey(publicKey)
const author = { peerId, publicKey, keyBytes: publicKeyToProtobuf(publicKey), text: peerId.toString() }
const wire = encodeMessage({ topic: 'news', data: fromUtf8('hello'), from: peerIdToBytes(peerId) })

describe('a message whose author has a key that must be loaded first, as RSA keys in browsers', () => {
  it('has its author once that is done', async () => {
    const message = new RoutedMessage(wire, () => Promise.resolve(author))
    expect(message.signedBy).toBeUndefined()
    await message.authorLoaded()
    expect(message.signedBy).toBe(author)
    expect(message.authorLoaded()).toBeUndefined()
  })

  it('has none when the key is not the one of theirs', async () => {
    const message = new RoutedMessage(wire, () => Promise.resolve(undefined))
    await message.authorLoaded()
    expect(message.signedBy).toBeUndefined()
  })

  it('waits for nothing where the author is known', () => {
    expect(new RoutedMessage(wire, () => author).authorLoaded()).toBeUndefined()
  })
})
