/**
 * A signed record with thousands of addresses.
 *
 * go-libp2p pull 3486 (addresses of one peer without bound in the peer store), GHSA-gcq9-qqwx-rgj3 (CVE-2023-40583).
 */
import { concat } from '@ts-libp2p/bytes'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdToBytes } from '@ts-libp2p/peer-id'
import { MAX_ADDRESSES_PER_PEER } from '@ts-libp2p/peer-store'
import { createPeerRecord, MAX_RECORD_ADDRESSES, sealRecord } from '@ts-libp2p/record'
import { describe, expect, it } from 'vitest'
import { muxedAttacker } from '../src/attacker.ts'
import { pushIdentify } from '../src/identifying.ts'
import { field, IDENTIFY } from '../src/protobuf.ts'
import { setScene } from '../src/scene.ts'

const short = (count: number) => Array.from({ length: count }, (_, i) => multiaddr(`/ip4/1.2.3.4/tcp/${i + 1}`))

describe('a record with very many addresses', () => {
  it('is kept up to the limit of a peer', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    const record = await createPeerRecord({ ...attacker, addresses: short(MAX_RECORD_ADDRESSES), seq: 1n })
    await scene.endure(async () => {
      await pushIdentify(attacker, [field(IDENTIFY.signedPeerRecord, record.marshal())])
      await expect.poll(() => scene.node.peerStore.has(attacker.peerId)).toBe(true)
    })
    const { addresses } = await scene.node.peerStore.get(attacker.peerId)
    expect(addresses.length).toBeGreaterThan(0)
    expect(addresses.length).toBeLessThanOrEqual(MAX_ADDRESSES_PER_PEER)
    attacker.raw.abort(new Error('seen enough'))
  })

  it('is refused whole when it has more than records may have', async () => {
    await using scene = await setScene()
    const attacker = await muxedAttacker(scene.node)
    // Many empty addresses: thousands of them fit into a message of 8 KiB.
    const payload = concat([
      field(1, peerIdToBytes(attacker.peerId)),
      ...Array.from({ length: 3000 }, () => field(3, ''))
    ])
    const forged = {
      domain: 'libp2p-peer-record',
      codec: Uint8Array.of(3, 1),
      marshal: () => payload,
      equals: () => false
    }
    const record = await sealRecord(forged, attacker.privateKey)
    await scene.endure(async () => {
      await pushIdentify(attacker, [field(IDENTIFY.signedPeerRecord, record.marshal())])
      await expect.poll(() => scene.log.kinds).toHaveProperty('RecordError too-large')
    })
    attacker.raw.abort(new Error('seen enough'))
  })
})
