import { fromHex, toHex } from '@ts-libp2p/bytes'
import { describe, expect, test } from 'vitest'
import { multiaddr, protocolByCode, protocolByName, VARIABLE } from '../src/index.ts'
import vectors from './vectors/multiaddr.json' with { type: 'json' }
import peerIds from './vectors/peer-ids.json' with { type: 'json' }

interface Case {
  id: string
  kind: string
  string?: string
  hex?: string
  canonical?: string
  canonical_go?: string
  code?: number
  size?: number | string
  name?: string
}

const cases = vectors.cases as Case[]
const of = (kind: string) => cases.filter(c => c.kind === kind)
const ALIASES = new Map([['ipfs', 'p2p']])

// The table says variable; go, rust and the valid pairs below have 64 bits and no length.
const SIZES = new Map([['memory', 64]])

describe('the protocol table', () => {
  test('has 41 rows', () => {
    expect(of('protocol')).toHaveLength(41)
  })

  test.each(of('protocol'))('$name is $code with $size bits', ({ code, name, size }) => {
    const bits = SIZES.get(name as string) ?? (size === 'V' ? VARIABLE : Number(size))
    const printed = ALIASES.get(name as string) ?? name
    expect(protocolByName(name as string)).toMatchObject({ code, name: printed, size: bits })
    expect(protocolByCode(code as number)).toMatchObject({ code, name: printed, size: bits })
  })
})

describe('valid addresses', () => {
  test.each(of('valid'))('$id $string', ({ string, hex, canonical, canonical_go }) => {
    const printed = canonical ?? canonical_go
    expect(toHex(multiaddr(string as string).bytes)).toBe(hex)
    expect(multiaddr(string as string).toString()).toBe(printed)
    expect(multiaddr(fromHex(hex as string)).toString()).toBe(printed)
    expect(toHex(multiaddr(multiaddr(string as string).getComponents()).bytes)).toBe(hex)
  })
})

const isMultiaddrError = expect.objectContaining({ name: 'MultiaddrError', code: expect.any(String) })

describe('text that is no address', () => {
  test.each(of('invalid'))('$id $string', ({ string }) => {
    expect(() => multiaddr(string as string)).toThrow(isMultiaddrError)
  })
})

describe('bytes that are no address', () => {
  test.each(of('invalid-bytes'))('$id $hex', ({ hex }) => {
    expect(() => multiaddr(fromHex(hex as string))).toThrow(isMultiaddrError)
  })
})

describe('peer ids', () => {
  const texts = peerIds.cases.filter(c => c.kind === 'text')
  const printed = new Map(texts.filter(c => /^(Qm|1)/.test(c.text)).map(c => [c.peer_id_multihash, c.text]))

  test.each(texts)('$text', ({ text, peer_id_multihash }) => {
    const ma = multiaddr(`/p2p/${text}`)
    expect(toHex(ma.bytes).slice('a50322'.length)).toBe(peer_id_multihash)
    expect(ma.getComponents()[0]?.value).toBe(printed.get(peer_id_multihash))
  })

  test.each(peerIds.cases.filter(c => c.kind === 'invalid-text'))('not $text: $reason', ({ text }) => {
    expect(() => multiaddr(`/p2p/${text}`)).toThrow(isMultiaddrError)
  })
})
