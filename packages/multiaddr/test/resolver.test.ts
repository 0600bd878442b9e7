import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createResolver, type DnsLookup, multiaddr, type ResolverOptions } from '../src/index.ts'

const A = '/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'
const B = '/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'
const TARGET = `/p2p-circuit${B}`

interface Zone {
  [name: string]: { a?: string[]; aaaa?: string[]; txt?: string[] }
}

/** Names held in memory, and the questions asked about them. */
function zone(names: Zone): DnsLookup & { asked: string[] } {
  const asked: string[] = []
  const answer = (type: 'a' | 'aaaa' | 'txt') => async (name: string) => {
    asked.push(`${type} ${name}`)
    const records = names[name]?.[type]
    if (records === undefined) throw new Error(`no ${type} of ${name}`)
    return records
  }
  return { asked, a: answer('a'), aaaa: answer('aaaa'), txt: answer('txt') }
}

async function resolve(text: string, dns: DnsLookup, options: ResolverOptions = {}): Promise<string[]> {
  const found = await createResolver({ ...options, dns }).resolve(multiaddr(text))
  return found.map(ma => ma.toString())
}

const HOST = { 'a.example': { a: ['1.2.3.4', '5.6.7.8'], aaaa: ['2001:db8::1'] } }

describe('names of hosts', () => {
  test.each([
    ['/dns4/a.example/tcp/1', ['/ip4/1.2.3.4/tcp/1', '/ip4/5.6.7.8/tcp/1']],
    ['/dns6/a.example/tcp/1', ['/ip6/2001:db8::1/tcp/1']],
    ['/dns/a.example/tcp/1', ['/ip4/1.2.3.4/tcp/1', '/ip4/5.6.7.8/tcp/1', '/ip6/2001:db8::1/tcp/1']],
    [`/dns6/a.example/tcp/1${A}${TARGET}`, [`/ip6/2001:db8::1/tcp/1${A}${TARGET}`]],
    ['/ip4/9.9.9.9/tcp/1', ['/ip4/9.9.9.9/tcp/1']],
    [`${A}/p2p-circuit/dns4/a.example`, [`${A}/p2p-circuit/dns4/a.example`]],
    ['/', ['/']]
  ])('%s', async (text, found) => {
    expect(await resolve(text, zone(HOST))).toEqual(found)
  })

  test.each([
    ['/wss', '/tls/sni/a.example/ws'],
    ['/tls/ws', '/tls/sni/a.example/ws'],
    ['/tls/sni/b.example/ws', '/tls/sni/b.example/ws'],
    ['/https', '/tls/sni/a.example/http'],
    ['/tls/http', '/tls/sni/a.example/http'],
    ['/ws', '/ws'],
    ['/tls', '/tls'],
    [`/ws${A}/p2p-circuit/wss`, `/ws${A}/p2p-circuit/wss`]
  ])('the name goes on as SNI: %s', async (before, after) => {
    expect(await resolve(`/dns6/a.example/tcp/1${before}`, zone(HOST))).toEqual([`/ip6/2001:db8::1/tcp/1${after}`])
  })

  test.each([
    ['/dns4/localhost/tcp/1', ['/ip4/127.0.0.1/tcp/1']],
    ['/dns6/localhost/tcp/1', ['/ip6/::1/tcp/1']],
    ['/dns/app.localhost/tcp/1', ['/ip4/127.0.0.1/tcp/1', '/ip6/::1/tcp/1']]
  ])('%s needs no question', async (text, found) => {
    const dns = zone({})
    expect(await resolve(text, dns)).toEqual(found)
    expect(dns.asked).toEqual([])
  })

  test('one family is enough', async () => {
    expect(await resolve('/dns/b', zone({ b: { a: ['1.2.3.4'] } }))).toEqual(['/ip4/1.2.3.4'])
    expect(await resolve('/dns/b', zone({ b: { aaaa: ['::1'] } }))).toEqual(['/ip6/::1'])
  })

  test('nonsense among the answers is left out', async () => {
    expect(await resolve('/dns4/b', zone({ b: { a: ['::1', '1.2.3.4', 'x/tcp/1'] } }))).toEqual(['/ip4/1.2.3.4'])
  })

  test('stay where the transport takes them', async () => {
    const dns = zone({ '_dnsaddr.c': { txt: ['dnsaddr=/dns4/a.example/tcp/443/wss'] } })
    expect(await resolve('/dns/a.example/tcp/1', dns, { keepNames: true })).toEqual(['/dns/a.example/tcp/1'])
    expect(await resolve('/dnsaddr/c', dns, { keepNames: true })).toEqual(['/dns4/a.example/tcp/443/wss'])
    expect(dns.asked).toEqual(['txt _dnsaddr.c'])
  })
})

describe('dnsaddr', () => {
  const bootstrap: Zone = {
    '_dnsaddr.boot.example': {
      txt: [
        `dnsaddr=/dnsaddr/one.boot.example${A}`,
        `dnsaddr=/dnsaddr/two.boot.example${B}`,
        'v=spf1 -all',
        'dnsaddr=',
        'dnsaddr=/',
        'dnsaddr=/ip4/999.1.1.1/tcp/1',
        'dnsaddr=not an address',
        'DNSADDR=/ip4/1.1.1.1'
      ]
    },
    '_dnsaddr.one.boot.example': { txt: [`dnsaddr=/ip4/1.1.1.1/tcp/1${A}`, `dnsaddr=/ip6/2001:db8::1/tcp/1${A}`] },
    '_dnsaddr.two.boot.example': { txt: [`dnsaddr=/dns4/a.example/tcp/2${B}`] },
    ...HOST
  }

  test('names lead on to names', async () => {
    expect(await resolve('/dnsaddr/boot.example', zone(bootstrap))).toEqual([
      `/ip4/1.1.1.1/tcp/1${A}`,
      `/ip6/2001:db8::1/tcp/1${A}`,
      `/ip4/1.2.3.4/tcp/2${B}`,
      `/ip4/5.6.7.8/tcp/2${B}`
    ])
  })

  test('only the peer asked for counts, and only its names are asked', async () => {
    const dns = zone(bootstrap)
    expect(await resolve(`/dnsaddr/boot.example${B}`, dns)).toEqual([
      `/ip4/1.2.3.4/tcp/2${B}`,
      `/ip4/5.6.7.8/tcp/2${B}`
    ])
    expect(dns.asked).toEqual(['txt _dnsaddr.boot.example', 'txt _dnsaddr.two.boot.example', 'a a.example'])
  })

  test('a record without a peer does not answer for one', async () => {
    const dns = zone({ '_dnsaddr.x': { txt: ['dnsaddr=/ip4/1.1.1.1/tcp/1'] } })
    expect(await resolve('/dnsaddr/x', dns)).toEqual(['/ip4/1.1.1.1/tcp/1'])
    await expect(resolve(`/dnsaddr/x${A}`, dns)).rejects.toMatchObject({ code: 'resolve-failed' })
  })

  test('the ending is compared by components', async () => {
    const dns = zone({ '_dnsaddr.x': { txt: ['dnsaddr=/ip4/1.1.1.1/tcp/4040', `dnsaddr=/ip4/1.1.1.1/udp/1${A}`] } })
    expect(await resolve('/dnsaddr/x/tcp/4040', dns)).toEqual(['/ip4/1.1.1.1/tcp/4040'])
  })

  test('a relay is resolved, what is behind it stays', async () => {
    expect(await resolve(`/dnsaddr/boot.example${A}${TARGET}`, zone(bootstrap))).toEqual([
      `/ip4/1.1.1.1/tcp/1${A}${TARGET}`,
      `/ip6/2001:db8::1/tcp/1${A}${TARGET}`
    ])
  })

  test('a record that nothing can follow cannot be a relay', async () => {
    const dns = zone({ '_dnsaddr.x': { txt: ['dnsaddr=/unix/tmp/a', 'dnsaddr=/ip4/1.1.1.1'] } })
    expect(await resolve(`/dnsaddr/x${TARGET}`, dns)).toEqual([`/ip4/1.1.1.1${TARGET}`])
  })

  test('what other branches found is kept when one fails', async () => {
    const dns = zone({ ...bootstrap, '_dnsaddr.one.boot.example': {} })
    expect(await resolve('/dnsaddr/boot.example', dns)).toHaveLength(2)
  })

  test('a loop ends', async () => {
    const dns = zone({
      '_dnsaddr.x': { txt: ['dnsaddr=/dnsaddr/y'] },
      '_dnsaddr.y': { txt: ['dnsaddr=/dnsaddr/x', 'dnsaddr=/ip4/1.1.1.1', 'dnsaddr=/ip4/1.1.1.1'] }
    })
    expect(await resolve('/dnsaddr/x', dns)).toEqual(['/ip4/1.1.1.1'])
    expect(dns.asked).toHaveLength(2)
  })
})

describe('failures', () => {
  test('say what failed, and keep the cause', async () => {
    await expect(resolve('/dns4/gone', zone({}))).rejects.toMatchObject({
      name: 'MultiaddrError',
      code: 'resolve-failed',
      message: '/dns4/gone has no addresses: no a of gone',
      cause: { message: 'no a of gone' }
    })
  })

  test('keep all causes when there are several', async () => {
    const error = await resolve('/dns/gone', zone({})).catch((error: Error) => error)
    expect((error as { cause: AggregateError }).cause.errors).toHaveLength(2)
  })

  test('an answer without a fitting record is one', async () => {
    const dns = zone({ '_dnsaddr.x': { txt: ['v=spf1 -all'] } })
    await expect(resolve('/dnsaddr/x', dns)).rejects.toMatchObject({
      message: '/dnsaddr/x has no addresses: no record of it fits'
    })
  })

  test('a lookup that throws at once is one too', async () => {
    const dns = {
      ...zone({}),
      a: () => {
        throw new Error('at once')
      }
    }
    await expect(resolve('/dns4/x', dns)).rejects.toMatchObject({
      code: 'resolve-failed',
      cause: { message: 'at once' }
    })
  })
})

describe('limits', () => {
  const chain = (length: number): Zone =>
    Object.fromEntries(
      Array.from({ length }, (_, i) => [
        `_dnsaddr.n${i}`,
        { txt: [`dnsaddr=/ip4/1.1.1.${i}`, ...(i + 1 < length ? [`dnsaddr=/dnsaddr/n${i + 1}`] : [])] }
      ])
    )

  test('depth', async () => {
    const dns = zone(chain(9))
    expect(await resolve('/dnsaddr/n0', dns)).toEqual([0, 1, 2, 3].map(i => `/ip4/1.1.1.${i}`))
    expect(dns.asked).toHaveLength(4)
    expect(await resolve('/dnsaddr/n0', zone(chain(9)), { limits: { maxDepth: 2 } })).toHaveLength(2)
    await expect(resolve('/dnsaddr/n0', zone({}), { limits: { maxDepth: 0 } })).rejects.toMatchObject({
      cause: { code: 'too-large' }
    })
  })

  test('questions', async () => {
    const names = Array.from({ length: 200 }, (_, i) => `h${i}.example`)
    const dns = zone({
      '_dnsaddr.x': { txt: names.map(name => `dnsaddr=/dns4/${name}`) },
      ...Object.fromEntries(names.map((name, i) => [name, { a: [`1.1.1.${i}`] }]))
    })
    expect(await resolve('/dnsaddr/x', dns)).toHaveLength(31)
    expect(dns.asked).toHaveLength(32)
  })

  test('addresses', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => `1.1.${i >> 8}.${i & 255}`)
    expect(await resolve('/dns4/x', zone({ x: { a: many } }))).toHaveLength(100)
    const txt = many.map(ip => `dnsaddr=/ip4/${ip}`)
    expect(await resolve('/dnsaddr/x', zone({ '_dnsaddr.x': { txt } }))).toHaveLength(100)
    expect(await resolve('/dns4/x', zone({ x: { a: many } }), { limits: { maxAddresses: 3 } })).toHaveLength(3)
  })
})

describe('waiting ends', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const never = () => new Promise<string[]>(() => {})
  const silent: DnsLookup = { a: never, aaaa: never, txt: never }

  test('on abort, with its reason', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const result = createResolver({ dns: silent }).resolve(multiaddr('/dns4/x'), { signal: controller.signal })
    controller.abort(reason)
    await expect(result).rejects.toBe(reason)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('before it begins, when already aborted', async () => {
    const dns = zone(HOST)
    const signal = AbortSignal.abort(new Error('late'))
    await expect(createResolver({ dns }).resolve(multiaddr('/dns4/a.example'), { signal })).rejects.toThrow('late')
    expect(dns.asked).toEqual([])
  })

  test('after a time, with what was found until then', async () => {
    const dns = { ...silent, a: async () => ['1.2.3.4'] }
    const result = resolve('/dns/x', dns)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await result).toEqual(['/ip4/1.2.3.4'])
  })

  test('after a time, with an error when that is nothing', async () => {
    const result = expect(resolve('/dns4/x', silent, { limits: { timeoutMs: 50 } })).rejects.toMatchObject({
      code: 'resolve-failed',
      cause: { name: 'TimeoutError', message: '/dns4/x was not resolved within 50 ms' }
    })
    await vi.advanceTimersByTimeAsync(50)
    await result
  })

  test('after a time of the clock that it was given', async () => {
    const timers: (() => void)[] = []
    const clock = {
      after: (ms: number, fn: () => void) => {
        expect(ms).toBe(10_000)
        timers.push(fn)
        return () => {}
      }
    }
    const result = expect(resolve('/dns4/x', silent, { clock })).rejects.toMatchObject({ code: 'resolve-failed' })
    timers[0]?.()
    await result
    expect(vi.getTimerCount()).toBe(0)
  })

  test('and a lookup is told', async () => {
    let told: unknown
    const dns: DnsLookup = {
      ...silent,
      a: (_name, { signal } = {}) => {
        signal?.addEventListener('abort', () => {
          told = signal.reason
        })
        return never()
      }
    }
    const controller = new AbortController()
    const result = createResolver({ dns }).resolve(multiaddr('/dns4/x'), { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(result).rejects.toThrow('enough')
    expect(told).toMatchObject({ message: 'enough' })
  })
})
