import type { Multiaddr } from '@ts-libp2p/interface'
import { settle } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { MAX_WAITING_UPDATES } from '../src/index.ts'
import { alice, bob, newStore, ports, tcp } from './peers.ts'

const isOdd = (_: unknown, ma: Multiaddr): boolean => Number(ma.getComponents()[1]?.value) % 2 === 1

/** A filter whose answers a test gives one by one. */
function slowFilter() {
  const waiting: (() => void)[] = []
  const addressFilter = (): Promise<boolean> => new Promise(resolve => waiting.push(() => resolve(true)))
  return { waiting, addressFilter }
}

describe('the address filter', () => {
  it('decides what is stored', async () => {
    const { store } = newStore({ addressFilter: isOdd })
    expect(ports(await store.save(alice, { multiaddrs: [1, 2, 3, 4].map(tcp) }))).toEqual([1, 3])
    const mixed = [tcp(5), tcp(6)].map(multiaddr => ({ multiaddr, isCertified: true }))
    expect(ports(await store.merge(alice, { addresses: mixed }))).toEqual([5, 1, 3])
  })

  it('that takes its time lets updates of a peer through in their order, and others past them', async () => {
    const { waiting, addressFilter } = slowFilter()
    const { store } = newStore({ addressFilter })
    const done: string[] = []
    const first = store.save(alice, { multiaddrs: [tcp(1)] }).then(() => done.push('save'))
    const second = store.delete(alice).then(() => done.push('delete'))
    const third = store.merge(alice, { protocols: ['/a'] }).then(() => done.push('merge'))
    await store.merge(bob, { protocols: ['/b'] }).then(() => done.push('bob'))
    waiting[0]?.()
    await Promise.all([first, second, third])
    expect(done).toEqual(['bob', 'save', 'delete', 'merge'])
    expect(store.peek(alice)).toMatchObject({ addresses: [], protocols: ['/a'] })
  })

  it('that fails costs its own update alone', async () => {
    const failure = new Error('no answer')
    const { store } = newStore({ addressFilter: () => Promise.reject(failure) })
    const failed = store.save(alice, { multiaddrs: [tcp(1)] })
    const next = store.save(alice, { protocols: ['/a'] })
    await expect(failed).rejects.toBe(failure)
    expect((await next).protocols).toEqual(['/a'])
  })

  it('need not be waited for, and what was given up is not stored', async () => {
    const { waiting, addressFilter } = slowFilter()
    const { store } = newStore({ addressFilter })
    const abort = new AbortController()
    const given = store.save(alice, { multiaddrs: [tcp(1)] }, { signal: abort.signal })
    await settle()
    const reason = new Error('enough')
    abort.abort(reason)
    await expect(given).rejects.toBe(reason)
    waiting[0]?.()
    await settle()
    expect(store.peek(alice)).toBeUndefined()
  })

  it('that never answers makes so many updates wait and no more', async () => {
    const { waiting, addressFilter } = slowFilter()
    const { store } = newStore({ addressFilter })
    const first = store.save(alice, { multiaddrs: [tcp(1)] })
    const rest = Array.from({ length: MAX_WAITING_UPDATES - 1 }, () => store.merge(alice, {}))
    await settle()
    await expect(store.merge(bob, {})).rejects.toThrow(expect.objectContaining({ code: 'busy' }))
    waiting[0]?.()
    await Promise.all([first, ...rest])
    await store.merge(bob, {})
    expect(store.size).toBe(2)
  })
})
