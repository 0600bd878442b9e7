import { fromHex } from '@ts-libp2p/bytes'
import fc from 'fast-check'
import { base58btc } from 'multiformats/bases/base58'
import { expect, test } from 'vitest'
import { multiaddr } from '../src/index.ts'
import vectors from './vectors/multiaddr.json' with { type: 'json' }

const port = fc.integer({ min: 0, max: 65_535 })
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 })
const component = fc.oneof(
  fc
    .ipV4()
    .filter(ip => !/[^\d.]/.test(ip) && ip.split('.').length === 4)
    .map(ip => `/ip4/${ip}`),
  fc.ipV6().map(ip => `/ip6/${ip}`),
  fc.tuple(fc.constantFrom('tcp', 'udp', 'sctp', 'dccp'), port).map(([name, port]) => `/${name}/${port}`),
  fc
    .tuple(fc.constantFrom('dns', 'dns4', 'dns6', 'dnsaddr', 'sni'), fc.domain())
    .map(([name, host]) => `/${name}/${host}`),
  fc.constantFrom('/ws', '/wss', '/tls', '/quic-v1', '/webtransport', '/p2p-circuit', '/webrtc', '/noise', '/http'),
  digest.map(digest => `/p2p/${base58btc.baseEncode(Uint8Array.of(0x12, 0x20, ...digest))}`),
  fc
    .uint8Array({ minLength: 1, maxLength: 42 })
    .map(key => `/p2p/${base58btc.baseEncode(Uint8Array.of(0, key.length, ...key))}`),
  digest.map(digest => `/certhash/${base58btc.encode(Uint8Array.of(0x12, 0x20, ...digest))}`),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(n => `/memory/${n}`),
  fc
    .string({ minLength: 1, unit: 'grapheme' })

    .map(path => `/http-path/${encodeURIComponent(path)}`)
)
const address = fc.array(component, { minLength: 1, maxLength: 12 }).map(parts => parts.join(''))
const validHex = vectors.cases.flatMap(c => (c.kind === 'valid' && 'hex' in c ? [fromHex(c.hex as string)] : []))

test('text, bytes and components carry the same address', () => {
  fc.assert(
    fc.property(address, text => {
      const ma = multiaddr(text)
      const fromBytes = multiaddr(ma.bytes)
      expect(fromBytes.toString()).toBe(ma.toString())
      expect(multiaddr(fromBytes.toString()).bytes).toEqual(ma.bytes)
      expect(
        multiaddr(fromBytes.getComponents().map(({ code, name, value }) => ({ code, name, value }))).bytes
      ).toEqual(ma.bytes)
    })
  )
})

test('putting one address behind another can be undone', () => {
  fc.assert(
    fc.property(address, address, (a, b) => {
      const [head, tail] = [multiaddr(a), multiaddr(b)]
      const both = head.encapsulate(tail)
      expect(both.toString()).toBe(head.toString() + tail.toString())
      expect(both.decapsulate(tail).toString()).toBe(head.toString())
    })
  )
})

test('any bytes either are one address, which prints as text that parses back, or a MultiaddrError', () => {
  const damaged = fc
    .tuple(fc.constantFrom(...validHex), fc.nat(), fc.nat(255), fc.nat())
    .map(([bytes, at, value, cut]) => bytes.with(at % bytes.length, value).subarray(0, 1 + (cut % (2 * bytes.length))))
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), damaged), bytes => {
      const ma = parsed(() => multiaddr(bytes))
      if (ma !== undefined) expect(multiaddr(ma.toString()).bytes).toEqual(new Uint8Array(bytes))
    }),
    { numRuns: 2000 }
  )
})

test('any text either is an address or a MultiaddrError', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    address.chain(text => fc.nat(text.length).map(at => `${text.slice(0, at)}/${text.slice(at)}`))
  )
  fc.assert(
    fc.property(texts, text => {
      const ma = parsed(() => multiaddr(text))
      if (ma !== undefined && ma.bytes.length > 0) expect(multiaddr(ma.bytes).toString()).toBe(ma.toString())
    }),
    { numRuns: 1000 }
  )
})

function parsed<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    expect(error).toMatchObject({ name: 'MultiaddrError' })
    return undefined
  }
}
