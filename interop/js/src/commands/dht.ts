import type { KadDHT, QueryEvent } from '@libp2p/kad-dht'
import { peerIdFromString } from '@libp2p/peer-id'
import { createIPNSRecord, marshalIPNSRecord, multihashToIPNSRoutingKey } from 'ipns'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as Digest from 'multiformats/hashes/digest'
import type { Commands } from '../lines.ts'
import { type PeerNode, privateKey } from '../node.ts'

/** 48 hours, what the IPNS specification recommends for records that nobody publishes again. */
const IPNS_LIFETIME_MS = 48 * 3600 * 1000

/** The DHT. */
export function dhtCommands(node: PeerNode): Commands {
  const dht = (): KadDHT => {
    const { dht } = node.services
    if (dht === undefined) throw new Error('the DHT is not among the services')
    return dht
  }
  return {
    'dht-table': async () => ({ size: (dht() as KadDHT & { routingTable: { size: number } }).routingTable.size }),
    'dht-refresh': async () => {
      await dht().refreshRoutingTable()
      return {}
    },
    'dht-find-peer': async ({ peer }) => {
      const found = await node.peerRouting.findPeer(peerIdFromString(peer))
      return { addrs: found.multiaddrs.map(String) }
    },
    'dht-closest': async ({ key }) => {
      const peers = []
      for await (const event of dht().getClosestPeers(bytes(key))) {
        if (event.name === 'FINAL_PEER') peers.push(event.peer.id.toString())
      }
      return { peers }
    },
    'dht-provide': async ({ multihash }) => {
      await drain(dht().provide(cidOf(multihash)))
      return {}
    },
    'dht-providers': async ({ multihash }) => {
      const peers = new Set<string>()
      for await (const event of dht().findProviders(cidOf(multihash))) {
        if (event.name === 'PROVIDER') for (const { id } of event.providers) peers.add(id.toString())
      }
      return { peers: [...peers] }
    },
    'dht-put': async ({ key, value }) => {
      await drain(dht().put(bytes(key), bytes(value)))
      return {}
    },
    /** The value that js-libp2p has found valid, and the best. */
    'dht-get': async ({ key }) => ({ values: [hex(await node.contentRouting.get(bytes(key)))] }),
    ipns: async ({ text, sequence }) => {
      const record = await createIPNSRecord(privateKey, text, sequence, IPNS_LIFETIME_MS)
      const key = multihashToIPNSRoutingKey(node.peerId.toMultihash())
      return { key: hex(key), value: hex(marshalIPNSRecord(record)) }
    }
  }
}

async function drain(events: AsyncIterable<QueryEvent>): Promise<void> {
  for await (const _ of events);
}

/** For the multihash: the DHT looks at nothing else of it. */
function cidOf(multihash: string): CID {
  return CID.createV1(raw.code, Digest.decode(bytes(multihash)))
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'))
}

function hex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex')
}
