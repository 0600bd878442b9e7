import { concat, fromHex, fromUtf8 } from '@ts-libp2p/bytes'
import { privateKeyFromProtobuf, publicKeyToProtobuf } from '@ts-libp2p/crypto'
import type { Multiaddr, PeerId, PrivateKey } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { createPeerRecord } from '@ts-libp2p/record'
import { identity } from '@ts-libp2p/testing'
import keyVectors from '../../packages/crypto/test/vectors/peer-id-keys.json' with { type: 'json' }
import { splitMessage } from '../../packages/identify/src/message.ts'
import { encodeEntry } from '../../packages/peer-store/src/codec.ts'
import tlsVectors from '../../packages/tls/test/vectors/tls-certificates.json' with { type: 'json' }

/** The moment at which all of this is looked at. */
export const NOW_MS: number = Date.UTC(2026, 0, 1)

/** One address of each kind. */
export function addresses(): Multiaddr[] {
  const peer = identity('example').peerId
  return [
    '/ip4/127.0.0.1/tcp/4001',
    '/ip6/2001:db8::1/udp/4001/quic-v1',
    '/ip6zone/eth0/ip6/fe80::1/tcp/1',
    `/dns4/example.com/tcp/443/tls/ws/p2p/${peer}`,
    '/dns/x.example/tcp/443/tls/sni/x.example/ws',
    `/dnsaddr/bootstrap.libp2p.io/p2p/${peer}`,
    `/ip4/1.2.3.4/udp/4001/quic-v1/p2p/${peer}/p2p-circuit/p2p/${identity('other').peerId}`,
    '/unix/%2Ftmp%2Fx.sock',
    '/memory/7',
    '/onion3/vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd:1234',
    '/ip4/1.2.3.4/ipcidr/24',
    '/ip4/1.2.3.4/tcp/80/http/http-path/a%2Fb'
  ].map(text => multiaddr(text))
}

/** Private keys of every type, always the same. */
export function privateKeys(): PrivateKey[] {
  const wanted = ['Ed25519', 'secp256k1', 'ECDSA', 'RSA']
  const pairs = keyVectors.cases.filter(({ kind }) => kind === 'keypair')
  return wanted.map(type => {
    const pair = pairs.find(each => each.type === type) as { private_key_pb: string }
    return privateKeyFromProtobuf(fromHex(pair.private_key_pb))
  })
}

/** Who the identify messages, and the stored peers, are of. */
export function identifiedPeer(): PeerId {
  return identity('identified').peerId
}

export async function identifyMessages(): Promise<Uint8Array[]> {
  const { privateKey } = identity('identified')
  const [record] = await signedRecords()
  const message = {
    publicKey: publicKeyToProtobuf(privateKey.publicKey),
    listenAddrs: addresses().map(({ bytes }) => bytes),
    protocols: ['/ipfs/id/1.0.0', '/ipfs/ping/1.0.0', '/x'],
    protocolVersion: 'ipfs/0.1.0',
    agentVersion: 'fuzz',
    signedPeerRecord: record
  }
  return [splitMessage(message).head, splitMessage({ protocols: ['/y'] }).head]
}

export async function signedRecords(): Promise<Uint8Array[]> {
  const { privateKey } = identity('identified')
  const some = await createPeerRecord({ privateKey, addresses: addresses().slice(0, 4), seq: 7n })
  const none = await createPeerRecord({ privateKey, addresses: [], seq: 2n ** 64n - 1n })
  return [some.marshal(), none.marshal()]
}

/** Certificates that are good, and some that are not. */
export function certificates(): Uint8Array[] {
  return tlsVectors.cases.map(({ certificate }) => fromHex(certificate))
}

export function storedPeers(): Uint8Array[] {
  const entry = {
    id: identifiedPeer(),
    addresses: addresses().map(ma => ({ multiaddr: ma, isCertified: false, expiresAt: NOW_MS, source: 'identify' })),
    protocols: ['/a', '/b'],
    metadata: new Map([['AgentVersion', fromUtf8('x')]]),
    tags: new Map([['keep-alive', { value: 50, expiresAt: Number.POSITIVE_INFINITY }]]),
    peerRecordEnvelope: undefined,
    updatedAt: NOW_MS
  }
  return [encodeEntry(entry as never), encodeEntry({ ...entry, addresses: [], tags: new Map() } as never), concat([])]
}
