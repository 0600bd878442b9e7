/**
 * An identity of several megabytes: many messages, thousands of protocols and addresses, lengths without end.
 *
 * go-libp2p pull 3501 (chunks of an answer that added up to thousands of protocols in the peer store), js-libp2p issue
 * 1469, and py-libp2p GHSA-xqvc-92cf-94j4 (a length prefix that was believed).
 */
import { concat, encodeVarint } from '@ts-libp2p/bytes'
import { MAX_LISTEN_ADDRS, MAX_MESSAGES, MAX_PROTOCOLS } from '@ts-libp2p/identify'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { describe, expect, it } from 'vitest'
import { muxedAttacker, push } from '../src/attacker.ts'
import { answerIdentify, PUSH_PROTOCOL, pushIdentify } from '../src/identifying.ts'
import { field, IDENTIFY } from '../src/protobuf.ts'
import { setScene } from '../src/scene.ts'

const protocols = (from: number, count: number): Uint8Array =>
  concat(Array.from({ length: count }, (_, i) => field(IDENTIFY.protocols, `/a/${from + i}`)))
const addresses = (from: number, count: number): Uint8Array =>
  concat(
    Array.from({ length: count }, (_, i) =>
      field(IDENTIFY.listenAddrs, multiaddr(`/ip4/1.2.3.4/tcp/${from + i}`).bytes)
    )
  )

describe('an identity that is too much', () => {
  it('is stored up to the limits, whatever the messages add up to', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    const messages = Array.from({ length: MAX_MESSAGES }, (_, i) =>
      concat([protocols(i * 500, 400), addresses(1000 + i * 300, 200)])
    )
    await scene.endure(async () => {
      expect(await pushIdentify(attacker, messages)).toBe(true)
      await expect.poll(() => scene.node.peerStore.has(attacker.peerId)).toBe(true)
    })
    await expect
      .poll(async () => (await scene.node.peerStore.get(attacker.peerId)).protocols.length)
      .toBe(MAX_PROTOCOLS)
    const peer = await scene.node.peerStore.get(attacker.peerId)
    expect(peer.addresses.length).toBeLessThanOrEqual(MAX_LISTEN_ADDRS)
    attacker.raw.abort(new Error('seen enough'))
  })

  it.each<[string, string, Uint8Array[]]>([
    ['one message too many', 'too-large', Array.from({ length: MAX_MESSAGES + 1 }, () => protocols(0, 10))],
    ['one message that is too long', 'too-large', [protocols(0, 1300)]],
    ['no protobuf', 'malformed', [new Uint8Array(300).fill(0xff)]],
    ['a text that is none', 'malformed', [field(IDENTIFY.protocols, Uint8Array.of(0xff, 0xfe, 0xfd))]]
  ])('costs the stream: %s', async (_, code, messages) => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    await scene.endure(async () => {
      await pushIdentify(attacker, messages)
      await expect.poll(() => scene.log.kinds).toHaveProperty(`IdentifyError ${code}`)
    })
    expect(await scene.node.peerStore.has(attacker.peerId)).toBe(false)
    attacker.raw.abort(new Error('seen enough'))
  })

  it('costs the stream when it is the answer to our own question, and the connection stays', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    const asked = answerIdentify(
      attacker,
      Array.from({ length: MAX_MESSAGES * 20 }, () => protocols(0, 400))
    )
    await scene.endure(async () => {
      await asked
      await expect.poll(() => scene.log.kinds).toHaveProperty('IdentifyError too-large')
    })
    expect(scene.node.getConnections(attacker.peerId).map(c => c.status)).toEqual(['open'])
    attacker.raw.abort(new Error('seen enough'))
  })

  it('is refused by its length alone: nothing is set aside for what is only announced', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    await scene.endure(
      async () => {
        for (let i = 0; i < 10; i++) await push(await attacker.open(PUSH_PROTOCOL), encodeVarint(2 ** 48))
        await expect.poll(() => scene.log.count('IdentifyError too-large')).toBeGreaterThanOrEqual(10)
      },
      { maxGrowthBytes: 4 * 1024 * 1024 }
    )
    attacker.raw.abort(new Error('seen enough'))
  })
})
