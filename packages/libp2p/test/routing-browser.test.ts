import { contentRoutingSymbol, peerRoutingSymbol } from '@ts-libp2p/interface'
import { identity } from '@ts-libp2p/testing'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { composeContentRouting, composePeerRouting } from '../src/routing.browser.ts'

const cid = CID.parse('bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku')
const key = Uint8Array.of(1)
const { peerId } = identity('alice')
const info = { id: peerId, multiaddrs: [] }

/** A service that offers everything and notes what it is asked. */
function service(): { asked: unknown[]; service: object } {
  const asked: unknown[] = []
  const one =
    (name: string, answer?: unknown) =>
    async (...args: unknown[]) => {
      asked.push([name, ...args.slice(0, 2)])
      return answer
    }
  const many = (name: string) =>
    async function* (...args: unknown[]) {
      asked.push([name, args[0]])
      yield info
    }
  return {
    asked,
    service: {
      [peerRoutingSymbol]: { getClosestPeers: many('getClosestPeers') },
      [contentRoutingSymbol]: {
        ...{ provide: one('provide'), cancelReprovide: one('cancelReprovide'), put: one('put') },
        ...{ get: one('get', key), findProviders: many('findProviders') }
      }
    }
  }
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

describe('routing that is loaded with the first question', () => {
  it('asks the services', async () => {
    const { asked, service: router } = service()
    const options = {}
    const content = composeContentRouting([router])
    await content.provide(cid, options)
    await content.cancelReprovide(cid, options)
    await content.put(key, key, options)
    expect(await content.get(key, options)).toBe(key)
    expect(await collect(content.findProviders(cid, options))).toEqual([info])
    expect(await collect(composePeerRouting([router]).getClosestPeers(key, options))).toEqual([info])
    expect(asked).toEqual([
      ...[
        ['provide', cid, options],
        ['cancelReprovide', cid, options],
        ['put', key, key]
      ],
      ...[
        ['get', key, expect.anything()],
        ['findProviders', cid],
        ['getClosestPeers', key]
      ]
    ])
  })

  it('says what is missing', async () => {
    const noRouting = expect.objectContaining({ name: 'NodeError', code: 'no-routing' })
    await expect(composePeerRouting([]).findPeer(peerId)).rejects.toThrow(noRouting)
    await expect(collect(composeContentRouting([]).findProviders(cid))).rejects.toThrow(noRouting)
  })
})
