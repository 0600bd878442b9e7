import { concat, fromHex, fromUtf8, lengthPrefixed, toUtf8 } from '@ts-libp2p/bytes'
import { generateKeyPair, publicKeyToProtobuf } from '@ts-libp2p/crypto'
import { type PrivateKey, serviceCapabilities } from '@ts-libp2p/interface'
import { peerIdFromPrivateKey, peerIdToBytes } from '@ts-libp2p/peer-id'
import type { ByteStream } from '@ts-libp2p/stream'
import { bareStream, collect, settle, streamPair } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { MAX_EXCHANGE_BYTES, plaintext } from '../src/index.ts'

const [alice, bob] = await Promise.all([generateKeyPair('Ed25519'), generateKeyPair('RSA')])
const [ofAlice, ofBob] = [plaintext()({ privateKey: alice }), plaintext()({ privateKey: bob })]

/** Field 1, the id; field 2, the key. */
function exchange(id: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const field = (tag: number, value: Uint8Array): Uint8Array => concat([Uint8Array.of(tag), lengthPrefixed(value)])
  return lengthPrefixed(concat([field(0x0a, id), field(0x12, publicKey)]))
}

const idOf = (key: PrivateKey): Uint8Array => peerIdToBytes(peerIdFromPrivateKey(key))
const keyOf = (key: PrivateKey): Uint8Array => publicKeyToProtobuf(key.publicKey)

describe('/plaintext/2.0.0', () => {
  it('names itself, and what it is good for, as js-libp2p looks for it', () => {
    expect(ofAlice.protocol).toBe('/plaintext/2.0.0')
    expect(Reflect.get(ofAlice, serviceCapabilities)).toContain('@libp2p/connection-encryption')
  })

  it('says who we are in one message, as the spec has it', async () => {
    const { stream, writes } = bareStream()
    const securing = ofAlice.secureOutbound(stream)
    await settle()
    const id = concat([fromHex('0024'), keyOf(alice)])
    expect(writes).toEqual([exchange(id, keyOf(alice))])
    stream.receive(exchange(idOf(bob), keyOf(bob)))
    expect((await securing).remotePeer.equals(peerIdFromPrivateKey(bob))).toBe(true)
  })

  it('hands the raw connection over, with nothing lost', async () => {
    const [rawA, rawB] = streamPair()
    const dialing = ofAlice.secureOutbound(rawA, { remotePeer: peerIdFromPrivateKey(bob) })
    rawA.send(fromUtf8('early'))
    const listening = ofBob.secureInbound(rawB, { remotePeer: peerIdFromPrivateKey(alice) })
    const [a, b] = await Promise.all([dialing, listening])
    expect([a.connection, b.connection]).toEqual([rawA, rawB])
    expect(a.streamMuxer).toBeUndefined()
    await rawA.close()
    expect(toUtf8(await collect(b.connection as ByteStream))).toBe('early')
  })

  it.each([
    ['the id of somebody else', 'id-mismatch', () => exchange(idOf(alice), keyOf(bob))],
    ['an empty message', 'malformed-exchange', () => Uint8Array.of(0)],
    ['no key', 'malformed-exchange', () => lengthPrefixed(concat([Uint8Array.of(0x0a), lengthPrefixed(idOf(bob))]))],
    ['a key that is none', 'malformed-exchange', () => exchange(idOf(bob), fromHex('ffff'))],
    ['no protobuf', 'malformed-exchange', () => lengthPrefixed(new Uint8Array(20).fill(0xff))],
    ['a length over the limit', 'malformed-exchange', () => lengthPrefixed(new Uint8Array(MAX_EXCHANGE_BYTES + 1))]
  ])('refuses %s, and aborts the connection', async (_, code, message) => {
    const { stream, aborts } = bareStream()
    const securing = ofAlice.secureInbound(stream)
    stream.receive(message())
    await expect(securing).rejects.toMatchObject({ name: 'PlaintextError', code })
    expect(aborts).toMatchObject([{ code }])
  })

  it('refuses somebody else than expected', async () => {
    const [rawA, rawB] = streamPair()
    const listening = ofBob.secureInbound(rawB)
    const dialing = ofAlice.secureOutbound(rawA, { remotePeer: peerIdFromPrivateKey(alice) })
    await expect(dialing).rejects.toMatchObject({ name: 'UnexpectedPeerError' })
    await Promise.allSettled([listening])
    expect(rawA.status).toBe('aborted')
  })

  it('gives up when the signal fires, or the remote leaves', async () => {
    const [first, second] = [bareStream(), bareStream()]
    const controller = new AbortController()
    const waiting = ofAlice.secureInbound(first.stream, { signal: controller.signal })
    controller.abort(new Error('too slow'))
    await expect(waiting).rejects.toThrow('too slow')
    const left = ofAlice.secureInbound(second.stream)
    second.stream.receiveEnd()
    await expect(left).rejects.toMatchObject({ name: 'ConnectionClosedError' })
  })
})
