import { fromUtf8 } from '@ts-libp2p/bytes'
import { describe, expect, it } from 'vitest'
import { RECORD_VALIDITY_MS } from '../src/index.ts'
import { commonPrefixLength, keyOf } from '../src/key.ts'
import { ProviderRecords, type ProviderRecordsInit } from '../src/server/provider-records.ts'
import { ValueRecords, type ValueRecordsInit } from '../src/server/value-records.ts'
import { peer } from './peers.ts'

const self = peer('self').key
const T = 1_000_000
const keyNamed = (name: string | number) => fromUtf8(`key ${name}`)

/** Names whose keys lie farther from us the later they come. */
const farther = Array.from({ length: 40 }, (_, i) => i).sort((a, b) => {
  return commonPrefixLength(self, keyOf(keyNamed(b))) - commonPrefixLength(self, keyOf(keyNamed(a)))
})

describe('provider records', () => {
  const records = (init: Partial<ProviderRecordsInit> = {}) => new ProviderRecords({ self, ...init })
  const add = (store: ProviderRecords, key: string | number, provider: string, group?: string, now = T) =>
    store.add({ key: keyNamed(key), provider, wire: fromUtf8(provider), group }, now)
  const of = (store: ProviderRecords, key: string | number, now = T) =>
    store.of(keyNamed(key), now).map(({ provider }) => provider)

  it('are there until they expire, the newest first', () => {
    const store = records()
    add(store, 'a', 'p')
    add(store, 'a', 'q', undefined, T + 1)
    expect(of(store, 'a')).toEqual(['q', 'p'])
    expect(of(store, 'b')).toEqual([])
    expect(of(store, 'a', T + RECORD_VALIDITY_MS)).toEqual(['q'])
    store.sweep(T + RECORD_VALIDITY_MS + 1)
    expect(store.size).toBe(0)
  })

  it('are renewed, not doubled', () => {
    const store = records()
    add(store, 'a', 'p')
    add(store, 'a', 'p', undefined, T + 1000)
    expect(store.size).toBe(1)
    expect(of(store, 'a', T + RECORD_VALIDITY_MS)).toEqual(['p'])
  })

  it('of one key are bounded: the network with most of them loses its oldest', () => {
    const store = records({ maxPerKey: 6 })
    for (const name of ['a', 'b']) add(store, 'k', name, `honest ${name}`)
    for (let i = 0; i < 100; i++) add(store, 'k', `sybil ${i}`, 'sybils')
    expect(of(store, 'k').sort()).toEqual(['a', 'b', 'sybil 96', 'sybil 97', 'sybil 98', 'sybil 99'])
  })

  it('in all are bounded: those farthest from us go', () => {
    const store = records({ maxRecords: 10 })
    for (const name of farther) add(store, name, 'p')
    expect(store.size).toBe(10)
    for (const name of farther.slice(0, 5)) expect(of(store, name)).toEqual(['p'])
    expect(of(store, farther.at(-1)!)).toEqual([])
  })

  it('are taken away', () => {
    const gone: string[] = []
    const store = records({ onRemove: ({ provider }) => gone.push(provider) })
    add(store, 'a', 'p')
    store.delete(keyNamed('a'), 'q')
    store.delete(keyNamed('a'), 'p')
    expect(store.size).toBe(0)
    expect(gone).toEqual(['p'])
  })

  it('do not live on the bytes that they came in', () => {
    const store = records()
    const key = keyNamed('a')
    store.add({ key, provider: 'p', wire: fromUtf8('p'), group: undefined }, T)
    key.fill(0)
    expect(of(store, 'a')).toEqual(['p'])
  })
})

describe('value records', () => {
  const records = (init: Partial<ValueRecordsInit> = {}) => new ValueRecords({ self, ...init })
  const put = (store: ValueRecords, key: string | number, value = 'value', timeReceived = T) =>
    store.put({ key: keyNamed(key), value: fromUtf8(value), timeReceived })

  it('are there until they expire', () => {
    const store = records()
    put(store, 'a')
    expect(store.get(keyNamed('a'), T)?.value).toEqual(fromUtf8('value'))
    expect(store.get(keyNamed('a'), T + RECORD_VALIDITY_MS)).toBeUndefined()
    store.sweep(T + RECORD_VALIDITY_MS)
    expect(store.size).toBe(0)
  })

  it('are replaced', () => {
    const store = records()
    put(store, 'a', 'one')
    put(store, 'a', 'two')
    expect(store.size).toBe(1)
    expect(store.byteLength).toBe('key a'.length + 'two'.length)
  })

  it('are bounded in number and in bytes: those farthest from us go', () => {
    const [byNumber, byBytes] = [records({ maxRecords: 10 }), records({ maxBytes: 100 })]
    for (const store of [byNumber, byBytes]) {
      for (const name of farther) put(store, name)
      expect(store.get(keyNamed(farther[0]!), T)).toBeDefined()
      expect(store.get(keyNamed(farther.at(-1)!), T)).toBeUndefined()
    }
    expect(byNumber.size).toBe(10)
    expect(byBytes.byteLength).toBeLessThanOrEqual(100)
  })
})
