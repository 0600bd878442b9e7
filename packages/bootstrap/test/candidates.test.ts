import { createResolver, multiaddr } from '@ts-libp2p/multiaddr'
import { identity } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { candidates } from '../src/candidates.ts'
import { MAX_CANDIDATES } from '../src/index.ts'

const [a, b] = [identity('a').peerId, identity('b').peerId]
const names: Record<string, string[]> = {
  '_dnsaddr.net.example': ['dnsaddr=/dnsaddr/a.net.example', `dnsaddr=/ip4/1.2.3.4/tcp/1/p2p/${b}`, 'v=spf1 -all'],
  '_dnsaddr.a.net.example': [
    `dnsaddr=/dns4/a.example/tcp/1/p2p/${a}`,
    'dnsaddr=/ip4/9.9.9.9/tcp/1',
    'dnsaddr=nonsense'
  ],
  '_dnsaddr.loop.example': ['dnsaddr=/dnsaddr/loop.example']
}
const resolver = createResolver({
  keepNames: true,
  dns: {
    txt: async name => names[name] ?? Promise.reject(new Error(`no such name: ${name}`)),
    a: async () => [],
    aaaa: async () => []
  }
})

describe('candidates', () => {
  const find = async (...addresses: string[]) => {
    const failed: string[] = []
    const found = await candidates(addresses.map(multiaddr), resolver, address => failed.push(String(address)), {})
    return { found: found.map(({ id, multiaddrs }) => [id, ...multiaddrs].join(' ')), failed }
  }

  it('are the peers behind names, names of hosts left to the dialer', async () => {
    const { found, failed } = await find('/dnsaddr/net.example')
    expect(found.sort()).toEqual([`${a} /dns4/a.example/tcp/1/p2p/${a}`, `${b} /ip4/1.2.3.4/tcp/1/p2p/${b}`].sort())
    expect(failed).toEqual([])
  })

  it('have all their addresses together', async () => {
    const addresses = [`/ip4/1.1.1.1/tcp/1/p2p/${a}`, `/ip4/2.2.2.2/tcp/1/p2p/${b}`, `/ip4/3.3.3.3/tcp/1/p2p/${a}`]
    const { found } = await find(...addresses)
    expect(found).toEqual([`${a} ${addresses[0]} ${addresses[2]}`, `${b} ${addresses[1]}`])
  })

  it('a name that leads nowhere, or in circles, costs nobody else', async () => {
    const { found, failed } = await find(
      '/dnsaddr/gone.example',
      '/dnsaddr/loop.example',
      `/ip4/1.1.1.1/tcp/1/p2p/${a}`
    )
    expect(found).toHaveLength(1)
    expect(failed.sort()).toEqual(['/dnsaddr/gone.example', '/dnsaddr/loop.example'])
  })

  it('are not endlessly many', async () => {
    const { found } = await find(...Array.from({ length: 600 }, (_, i) => `/ip4/1.1.1.1/tcp/${i + 1}/p2p/${a}`))
    expect(found[0]?.split(' ')).toHaveLength(MAX_CANDIDATES + 1)
  })
})
