import { fromHex } from '@ts-libp2p/bytes'
import type { Connection, Multiaddr } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { describe, expect, it } from 'vitest'
import { observedAddrOf, plausibleObservedAddr } from '../src/observed.ts'
import { nodeOf, TestNetwork } from './nodes.ts'

const network = new TestNetwork()
const self = nodeOf(network, 'self').peerId
const other = nodeOf(network, 'other').peerId

function connectionTo(remote: string, direct = true): Connection {
  return { remoteAddr: multiaddr(remote), direct } as Connection
}

function plausible(observed: string, remote: string): string | undefined {
  return plausibleObservedAddr(multiaddr(observed), connectionTo(remote), self)?.toString()
}

describe('an observed address is believed possible', () => {
  it.each([
    ['/ip4/5.6.7.8/tcp/4001', '/ip4/1.2.3.4/tcp/4001'],
    ['/ip4/5.6.7.8/tcp/4001', `/ip4/1.2.3.4/tcp/4001/p2p/${other}`],
    ['/ip4/5.6.7.8/tcp/4001', '/dns4/example.com/tcp/4001'],
    ['/ip6/2606:4700::1/udp/1/quic-v1', '/ip6/2606:4700::2/udp/4001/quic-v1'],
    ['/ip4/5.6.7.8/tcp/1/ws', '/dns4/example.com/tcp/443/tls/sni/example.com/ws'],
    ['/ip4/5.6.7.8/tcp/1/ws', '/dns4/example.com/tcp/443/wss'],
    ['/ip4/192.168.1.5/tcp/1', '/ip4/192.168.1.6/tcp/4001'],
    // A container or a proxy in front: we see a private gateway, the peer sees our public address.
    ['/ip4/5.6.7.8/tcp/1', '/ip4/172.17.0.1/tcp/4001'],
    ['/ip4/127.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/4001'],
    ['/memory/7', '/memory/8']
  ])('%s, over %s', (observed, remote) => {
    expect(plausible(observed, remote)).toBe(observed)
  })

  it('without our own id at its end', () => {
    expect(plausible(`/ip4/5.6.7.8/tcp/1/p2p/${self}`, '/ip4/1.2.3.4/tcp/4001')).toBe('/ip4/5.6.7.8/tcp/1')
  })
})

describe('an observed address is not believed', () => {
  it.each([
    ['another transport', '/ip4/5.6.7.8/udp/4001/quic-v1', '/ip4/1.2.3.4/tcp/4001'],
    ['another layer', '/ip4/5.6.7.8/tcp/4001', '/ip4/1.2.3.4/tcp/4001/ws'],
    ['another version of QUIC', '/ip4/5.6.7.8/udp/1/quic', '/ip4/1.2.3.4/udp/1/quic-v1'],
    ['another family', '/ip6/2606:4700::1/tcp/1', '/ip4/1.2.3.4/tcp/4001'],
    ['this machine over a network', '/ip4/127.0.0.1/tcp/1', '/ip4/192.168.1.6/tcp/4001'],
    ['this machine over the internet', '/ip4/127.0.0.1/tcp/1', '/ip4/1.2.3.4/tcp/4001'],
    ['a private address over the internet', '/ip4/192.168.1.5/tcp/1', '/ip4/1.2.3.4/tcp/4001'],
    ['a private address from a name', '/ip4/10.0.0.1/tcp/1', '/dns4/example.com/tcp/4001'],
    ['every interface', '/ip4/0.0.0.0/tcp/1', '/ip4/127.0.0.1/tcp/1'],
    ['port 0', '/ip4/5.6.7.8/tcp/0', '/ip4/1.2.3.4/tcp/4001'],
    ['a relay', `/ip4/5.6.7.8/tcp/1/p2p/${other}/p2p-circuit`, '/ip4/1.2.3.4/tcp/4001'],
    ['anything over a relay', '/ip4/5.6.7.8/tcp/1', `/ip4/1.2.3.4/tcp/1/p2p/${other}/p2p-circuit`],
    ['the address of another peer', `/ip4/5.6.7.8/tcp/1/p2p/${other}`, '/ip4/1.2.3.4/tcp/4001'],
    ['nothing', '/', '/ip4/1.2.3.4/tcp/4001']
  ])('%s: %s', (_, observed, remote) => {
    expect(plausible(observed, remote)).toBeUndefined()
  })

  it('over a connection that is not direct', () => {
    const connection = connectionTo('/ip4/1.2.3.4/tcp/4001', false)
    expect(plausibleObservedAddr(multiaddr('/ip4/5.6.7.8/tcp/1'), connection, self)).toBeUndefined()
  })
})

describe('where we see a peer', () => {
  it.each([
    [`/ip4/1.2.3.4/tcp/1/p2p/${other}`, '/ip4/1.2.3.4/tcp/1'],
    [`/ip4/1.2.3.4/tcp/1/p2p/${other}/p2p-circuit/p2p/${self}`, undefined],
    [`/p2p/${other}`, undefined]
  ])('%s is told as %s', (remote, told) => {
    expect(observedAddrOf(connectionTo(remote))?.toString()).toBe(told)
  })

  it('is not told where the address is of a kind that we have not heard of', () => {
    const strange = { bytes: fromHex('ffff03 01') } as unknown as Multiaddr
    expect(observedAddrOf({ remoteAddr: strange, direct: true } as Connection)).toBeUndefined()
  })
})
