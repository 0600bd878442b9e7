/**
 * Names that lead to names, in circles, or to thousands of addresses.
 *
 * js-multiaddr followed `dnsaddr` 32 deep without counting questions; go-libp2p bounds what one name resolves to at 100.
 * The DNS variants are known as "NXNSAttack" (CVE-2020-8616) and "tsuNAME".
 */
import { createResolver, MAX_DNS_QUERIES, MAX_RESOLVED_ADDRESSES, multiaddr } from '@ts-libp2p/multiaddr'
import { identity } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { setScene } from '../src/scene.ts'

const peer = identity('behind a name').peerId.toString()

/** A name server that gives these TXT records, and counts the questions. */
function nameServer(records: (name: string) => string[]) {
  const asked: string[] = []
  const txt = async (name: string): Promise<string[]> => {
    asked.push(name)
    return records(name)
  }
  return { asked, resolver: createResolver({ dns: { txt, a: async () => [], aaaa: async () => [] } }) }
}

describe('a name that is a bomb', () => {
  it.each<[string, (name: string) => string[]]>([
    ['leads to itself', name => [`dnsaddr=/dnsaddr/${name.slice('_dnsaddr.'.length)}/p2p/${peer}`]],
    [
      'leads to many, each of which leads to many',
      name => Array.from({ length: 10 }, (_, i) => `dnsaddr=/dnsaddr/${i}.${name.slice(9)}/p2p/${peer}`)
    ],
    [
      'has ten thousand addresses',
      () => Array.from({ length: 10_000 }, (_, i) => `dnsaddr=/ip4/127.0.0.1/tcp/${1 + (i % 60_000)}/p2p/${peer}`)
    ],
    ['says what is no address', () => ['dnsaddr=/ip4/999.1.1.1/tcp/1', 'dnsaddr=', 'x'.repeat(100_000)]]
  ])(
    '%s: a dial asks a bounded number of questions, tries a bounded number of addresses, and ends',
    async (_, records) => {
      const { asked, resolver } = nameServer(records)
      await using scene = await setScene({ resolver, limits: { dialTimeoutMs: 4000, addressTimeoutMs: 500 } })
      await scene.endure(async () => {
        const err = await scene.node.dial(multiaddr(`/dnsaddr/bomb.example/p2p/${peer}`)).catch((e: unknown) => e)
        expect(err).toMatchObject({ name: 'DialError' })
      })
      expect(asked.length).toBeGreaterThan(0)
      expect(asked.length).toBeLessThanOrEqual(MAX_DNS_QUERIES)
      const found = await resolver.resolve(multiaddr(`/dnsaddr/bomb.example/p2p/${peer}`)).catch(() => [])
      expect(found.length).toBeLessThanOrEqual(MAX_RESOLVED_ADDRESSES)
    }
  )
})
