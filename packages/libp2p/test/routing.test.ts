import {
  type ContentRouting,
  contentRoutingSymbol,
  Libp2pError,
  NotFoundError,
  type PeerId,
  type PeerInfo,
  type PeerRouting,
  type Provider,
  peerRoutingSymbol
} from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { identity } from '@ts-libp2p/testing'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { composeContentRouting, composePeerRouting } from '../src/routing.ts'

const cid = CID.parse('bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku')
const [alice, bob, carol] = ['alice', 'bob', 'carol'].map(name => identity(name).peerId) as [PeerId, PeerId, PeerId]
const at = (id: PeerId, port = 1): PeerInfo => ({ id, multiaddrs: [multiaddr(`/ip4/1.2.3.4/tcp/${port}`)] })
const nowhere = (id: PeerId): PeerInfo => ({ id, multiaddrs: [] })
/** As kad-dht throws them. */
const dhtError = (code: string, message: string) => new Libp2pError('KadError', code, message)
const from = (info: PeerInfo): Provider => ({ ...info, routing: 'test' })

const peers = (...routers: Partial<PeerRouting>[]) =>
  composePeerRouting(routers.map(router => ({ [peerRoutingSymbol]: router })))
const content = (...routers: Partial<ContentRouting>[]) =>
  composeContentRouting(routers.map(router => ({ [contentRoutingSymbol]: router })))

async function* these<T>(...items: T[]): AsyncGenerator<T> {
  yield* items
}

function failing(): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('broken')) }) }
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

/** Looks until it is told to stop, and remembers why it was. */
function endless(): { findPeer: PeerRouting['findPeer']; stoppedBy: () => unknown } {
  let reason: unknown
  return {
    findPeer: (_, { signal } = {}) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reason = signal.reason
          reject(signal.reason)
        })
      }),
    stoppedBy: () => reason
  }
}

describe('several services that find peers', () => {
  it('the first answer wins, and the others are stopped', async () => {
    const slow = endless()
    const found = await peers(slow, { findPeer: async id => at(id) }).findPeer(alice)
    expect(found).toEqual(at(alice))
    expect(slow.stoppedBy()).toMatchObject({ name: 'AbortError' })
  })

  it('an answer without an address is none', async () => {
    const routing = peers({ findPeer: async id => nowhere(id) }, { findPeer: async id => at(id) })
    expect(await routing.findPeer(alice)).toEqual(at(alice))
  })

  it('one that fails, or throws, costs nothing', async () => {
    const throws = {
      findPeer: () => {
        throw new Error('thrown')
      }
    }
    const routing = peers(
      throws,
      { findPeer: () => Promise.reject(new Error('broken')) },
      { findPeer: async id => at(id) }
    )
    expect(await routing.findPeer(alice)).toEqual(at(alice))
    await expect(peers(throws).findPeer(alice)).rejects.toThrow('thrown')
  })

  it('are all stopped by the signal, whose reason is thrown', async () => {
    const slow = endless()
    const controller = new AbortController()
    const finding = peers(slow, slow).findPeer(alice, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(finding).rejects.toThrow('enough')
    expect(slow.stoppedBy()).toMatchObject({ message: 'enough' })
  })

  it('give the peers nearest to a key together, each once', async () => {
    const routing = peers(
      { getClosestPeers: () => these(at(alice), at(bob)) },
      { getClosestPeers: () => these(at(bob, 2), at(carol)) },
      { getClosestPeers: failing }
    )
    const names = (await collect(routing.getClosestPeers(new Uint8Array(1)))).map(({ id }) => id.toString())
    expect(names.sort()).toEqual([alice, bob, carol].map(String).sort())
  })

  it('say so when they all fail', async () => {
    const routing = peers({ getClosestPeers: failing }, { getClosestPeers: failing })
    await expect(collect(routing.getClosestPeers(new Uint8Array(1)))).rejects.toMatchObject({
      ...{ name: 'NodeError', code: 'routing-failed', message: /broken; broken/ },
      cause: { errors: [{ message: 'broken' }, { message: 'broken' }] }
    })
  })

  it('are not waited for when the signal aborts, though they do not look at it', async () => {
    const controller = new AbortController()
    const finding = peers({ findPeer: () => new Promise(() => {}) }).findPeer(alice, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(finding).rejects.toThrow('enough')
  })
})

describe('several services that find content', () => {
  it('give providers together, again only with addresses that were missing', async () => {
    const routing = content(
      { findProviders: () => these(from(nowhere(alice)), from(at(bob))) },
      { findProviders: () => these(from(at(alice)), from(nowhere(bob)), from(at(alice, 2))) }
    )
    const found = await collect(routing.findProviders(cid))
    expect(found.filter(({ id }) => id.equals(bob) || id.equals(alice)).length).toBeLessThanOrEqual(3)
    for (const id of [alice, bob]) {
      const own = found.filter(provider => provider.id.equals(id))
      expect(own.filter(({ multiaddrs }) => multiaddrs.length > 0)).toHaveLength(1)
    }
  })

  it('are ended when the loop is left', async () => {
    let isEnded = false
    const endlessly = async function* (): AsyncGenerator<Provider> {
      try {
        for (;;) yield from(at(alice))
      } finally {
        isEnded = true
      }
    }
    for await (const _ of content({ findProviders: endlessly }).findProviders(cid)) break
    expect(isEnded).toBe(true)
  })

  it('all get what is provided and put; one that takes it is enough', async () => {
    const taken: string[] = []
    const takes = (name: string) => ({
      provide: async () => void taken.push(`provide ${name}`),
      put: async () => void taken.push(`put ${name}`)
    })
    const refuses = { provide: () => Promise.reject(new Error('full')), put: () => Promise.reject(new Error('full')) }
    const routing = content(takes('a'), refuses, takes('b'))
    await routing.provide(cid)
    await routing.put(new Uint8Array(1), new Uint8Array(1))
    expect(taken).toEqual(['provide a', 'provide b', 'put a', 'put b'])
    await expect(content(refuses).provide(cid)).rejects.toThrow('full')
    await expect(content(refuses, refuses).provide(cid)).rejects.toThrow('full; full')
  })

  it('give the first value found', async () => {
    const value = Uint8Array.of(7)
    const routing = content({ get: () => Promise.reject(new Error('none')) }, { get: async () => value })
    expect(await routing.get(new Uint8Array(1))).toBe(value)
  })
})

/** A value is not there only when everybody who could know says so: whoever was not asked may have it. */
describe('services that fail to find a value', () => {
  const key = new Uint8Array(1)
  const failsWith = (err: Error) => ({ get: () => Promise.reject(err) })
  const notFound = new NotFoundError('not here')
  const notInDht = dhtError('not-found', 'not in the DHT')
  const nobody = dhtError('no-peers', 'nobody to ask')
  const late = dhtError('timeout', 'too late')

  const cases: readonly { what: string; errors: readonly Error[]; expected: object }[] = [
    {
      what: 'one that says that it is not there',
      errors: [notInDht],
      expected: { name: 'NotFoundError', code: 'not-found', cause: notInDht }
    },
    {
      what: 'two that say so',
      errors: [notFound, notInDht],
      expected: { name: 'NotFoundError', message: /not here; not in the DHT/, cause: { errors: [notFound, notInDht] } }
    },
    { what: 'one that has nobody to ask', errors: [nobody], expected: nobody },
    { what: 'one that was too late', errors: [late], expected: late },
    {
      what: 'two of which one has nobody to ask',
      errors: [notFound, nobody],
      expected: {
        ...{ name: 'NodeError', code: 'routing-failed', message: /not here; nobody to ask/ },
        cause: { errors: [notFound, nobody] }
      }
    }
  ]
  for (const { what, errors, expected } of cases) {
    it(what, async () => {
      await expect(content(...errors.map(failsWith)).get(key)).rejects.toMatchObject(expected)
    })
  }

  it('what stops the caller is thrown before what the services say', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(content(failsWith(nobody)).get(key, { signal })).rejects.toThrow('enough')
  })
})
