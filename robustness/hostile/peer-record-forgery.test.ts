/**
 * Signed peer records of others, and identities of others.
 *
 * go-libp2p GHSA-gcq9-qqwx-rgj3 (CVE-2023-40583): records of peers that nobody ever met were believed of whoever sent
 * them, and stored for good.
 */

import { publicKeyToProtobuf } from '@ts-libp2p/crypto'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { createPeerRecord } from '@ts-libp2p/record'
import { identity } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { muxedAttacker } from '../src/attacker.ts'
import { pushIdentify } from '../src/identifying.ts'
import { field, IDENTIFY } from '../src/protobuf.ts'
import { setScene } from '../src/scene.ts'

const somebody = identity('somebody else')
const evil = multiaddr('/ip4/6.6.6.6/tcp/666')

async function recordOf({ privateKey }: Pick<typeof somebody, 'privateKey'>, seq = 1n): Promise<Uint8Array> {
  return (await createPeerRecord({ privateKey, addresses: [evil], seq })).marshal()
}

describe('a record of somebody else', () => {
  it('is not stored: not for that peer, and not for the one that sent it', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    const record = await recordOf(somebody)
    await scene.endure(async () => {
      await pushIdentify(attacker, [field(IDENTIFY.signedPeerRecord, record)])
      await expect.poll(() => scene.log.kinds).toHaveProperty('RecordError unexpected-peer')
    })
    expect(await scene.node.peerStore.has(somebody.peerId)).toBe(false)
    const known = (await scene.node.peerStore.all()).flatMap(({ addresses }) =>
      addresses.map(a => a.multiaddr.toString())
    )
    expect(known).not.toContain(evil.toString())
    attacker.raw.abort(new Error('seen enough'))
  })

  it('of peers that were never met, many of them, leaves nothing behind', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    await scene.endure(async () => {
      for (let i = 0; i < 50; i++) {
        const record = await recordOf(identity(`invented ${i}`))
        await pushIdentify(attacker, [field(IDENTIFY.signedPeerRecord, record)])
      }
    })
    const met = [scene.honest.peerId, attacker.peerId].map(String)
    for (const { id } of await scene.node.peerStore.all()) expect(met).toContain(id.toString())
    attacker.raw.abort(new Error('seen enough'))
  })

  it('with a signature of its own does not count', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    const record = new Uint8Array(await recordOf(attacker))
    record[record.byteLength - 1] = (record.at(-1) as number) ^ 1
    await scene.endure(async () => {
      await pushIdentify(attacker, [field(IDENTIFY.signedPeerRecord, record)])
      await expect
        .poll(() => Object.keys(scene.log.kinds).filter(kind => kind.startsWith('RecordError')))
        .not.toEqual([])
    })
    attacker.raw.abort(new Error('seen enough'))
  })

  it('that is older than what is known changes nothing', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    const fresh = await createPeerRecord({ ...attacker, addresses: [multiaddr('/ip4/1.2.3.4/tcp/1')], seq: 9n })
    await scene.endure(async () => {
      await pushIdentify(attacker, [field(IDENTIFY.signedPeerRecord, fresh.marshal())])
      await pushIdentify(attacker, [field(IDENTIFY.signedPeerRecord, await recordOf(attacker, 8n))])
    })
    await expect
      .poll(async () => (await scene.node.peerStore.get(attacker.peerId)).addresses.map(a => a.multiaddr.toString()))
      .toEqual(['/ip4/1.2.3.4/tcp/1'])
    attacker.raw.abort(new Error('seen enough'))
  })
})

describe('the public key of somebody else', () => {
  it('costs the exchange, and nothing that came with it is believed', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    await scene.endure(async () => {
      await pushIdentify(attacker, [
        field(IDENTIFY.publicKey, publicKeyToProtobuf(somebody.privateKey.publicKey)),
        field(IDENTIFY.listenAddrs, evil.bytes)
      ])
      await expect.poll(() => scene.log.kinds).toHaveProperty('IdentifyError key-mismatch')
    })
    for (const peer of [somebody, attacker]) expect(await scene.node.peerStore.has(peer.peerId)).toBe(false)
    attacker.raw.abort(new Error('seen enough'))
  })
})
