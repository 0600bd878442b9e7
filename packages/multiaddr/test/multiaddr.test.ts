import { fromHex, toHex } from '@ts-libp2p/bytes'
import { describe, expect, test } from 'vitest'
import {
  CODE_HTTP_PATH,
  CODE_IP4,
  CODE_MEMORY,
  CODE_P2P,
  CODE_TCP,
  CODE_UNIX,
  CODE_WS,
  isMultiaddr,
  MAX_ADDRESS_BYTES,
  MAX_ADDRESS_CHARS,
  MAX_COMPONENTS,
  type Multiaddr,
  multiaddr,
  multiaddrSymbol
} from '../src/index.ts'

const PEER = '12D3KooWQF6Q3i1QkziJQ9mkNNcyFD8GPQz6R6oEvT75wgsVXm4v'
const FULL = `/ip4/127.0.0.1/tcp/4001/p2p/${PEER}`

/** What another implementation or version hands over: the brand and the bytes, nothing of our class. */
function foreign(text: string): Multiaddr {
  const ours = multiaddr(text)
  return {
    [multiaddrSymbol]: true,
    bytes: ours.bytes,
    getComponents: () => ours.getComponents(),
    toString: () => text
  } as unknown as Multiaddr
}

function errorOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

function codeOf(run: () => unknown): unknown {
  return (errorOf(run) as { code?: string } | undefined)?.code
}

describe('what it takes', () => {
  test('text, bytes, components and other multiaddrs make the same address', () => {
    const ma = multiaddr(FULL)
    for (const input of [ma.bytes, ma.getComponents(), ma, foreign(FULL)]) {
      expect(multiaddr(input).toString()).toBe(FULL)
      expect(ma.equals(multiaddr(input))).toBe(true)
    }
  })

  test.each(['', '/', null, undefined, []])('%j is the empty address', input => {
    const ma = multiaddr(input)
    expect(ma.bytes.byteLength).toBe(0)
    expect(ma.toString()).toBe('/')
    expect(ma.getComponents()).toEqual([])
    expect(multiaddr(ma)).toBe(ma)
    expect(multiaddr(foreign('/')).toString()).toBe('/')
  })

  test('our own come back as they are', () => {
    const ma = multiaddr(FULL)
    expect(multiaddr(ma)).toBe(ma)
  })

  test('bytes are copied', () => {
    const buffer = fromHex('047f000001 060fa1 ffff')
    const ma = multiaddr(buffer.subarray(0, 8))
    buffer.fill(0)
    expect(ma.toString()).toBe('/ip4/127.0.0.1/tcp/4001')
    expect(ma.bytes.buffer.byteLength).toBe(8)
  })

  test('bytes on shared memory are copied to plain memory', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(8))
    shared.set(fromHex('047f000001060fa1'))
    expect(multiaddr(shared).bytes.buffer).toBeInstanceOf(ArrayBuffer)
  })

  test('components without bytes', () => {
    const components = [
      { code: CODE_IP4, name: 'ip4', value: '1.2.3.4' },
      { code: CODE_TCP, name: 'tcp', value: '80' },
      { code: CODE_WS, name: 'ws' },
      { code: CODE_P2P, name: 'ipfs', value: PEER }
    ]
    expect(multiaddr(components).toString()).toBe(`/ip4/1.2.3.4/tcp/80/ws/p2p/${PEER}`)
  })

  test.each([12, true, {}, Symbol('no'), () => {}])('nothing else', input => {
    expect(codeOf(() => multiaddr(input as never))).toBe('malformed')
  })

  test('a brand without bytes is not believed', () => {
    expect(codeOf(() => multiaddr({ [multiaddrSymbol]: true } as never))).toBe('malformed')
    expect(codeOf(() => multiaddr({ [multiaddrSymbol]: true, bytes: fromHex('7f') } as never))).toBe('unknown-protocol')
  })
})

test('a memory address of js-libp2p, with text for a value, is taken by what it says', () => {
  const theirs = { [multiaddrSymbol]: true, bytes: fromHex('89060131'), toString: () => '/memory/1' }
  expect(multiaddr(theirs as never).equals(multiaddr('/memory/1'))).toBe(true)
})

describe('the shape of the ecosystem', () => {
  const ma = multiaddr(FULL)

  test('is branded and immutable', () => {
    expect(isMultiaddr(ma)).toBe(true)
    expect(Object.isFrozen(ma)).toBe(true)
  })

  test('prints as text everywhere', () => {
    expect(`${ma}`).toBe(FULL)
    expect(JSON.stringify({ ma })).toBe(`{"ma":"${FULL}"}`)
    expect((ma as never)[Symbol.for('nodejs.util.inspect.custom')]).toSatisfy(
      show => show.call(ma) === `Multiaddr(${FULL})`
    )
  })

  test('components carry code, name, value and bytes', () => {
    expect(multiaddr('/ip4/1.2.3.4/tcp/80/ws').getComponents()).toEqual([
      { code: 4, name: 'ip4', value: '1.2.3.4', bytes: fromHex('0401020304') },
      { code: 6, name: 'tcp', value: '80', bytes: fromHex('060050') },
      { code: 477, name: 'ws', bytes: fromHex('dd03') }
    ])
  })

  test('the caller may change the array of components', () => {
    ma.getComponents().pop()
    expect(ma.getComponents()).toHaveLength(3)
  })

  test('encapsulate', () => {
    expect(`${multiaddr('/ip4/1.2.3.4').encapsulate('/tcp/80')}`).toBe('/ip4/1.2.3.4/tcp/80')
    expect(`${multiaddr('/').encapsulate(foreign('/tcp/80'))}`).toBe('/tcp/80')
    expect(`${multiaddr('/tcp/80').encapsulate(null)}`).toBe('/tcp/80')
    expect(codeOf(() => multiaddr('/unix/a/b').encapsulate('/tcp/80'))).toBe('malformed')
    expect(`${multiaddr('/unix/a/b').encapsulate('/')}`).toBe('/unix/a/b')
  })

  test.each([
    ['/ip4/1.2.3.4/tcp/80/ip4/5.6.7.8/tcp/80', '/tcp/80', '/ip4/1.2.3.4/tcp/80/ip4/5.6.7.8'],
    ['/ip4/1.2.3.4/tcp/80/ws', '/tcp/80', '/ip4/1.2.3.4'],
    ['/ip4/1.2.3.4/tcp/80', '/ip4/1.2.3.4/tcp/80', '/'],
    ['/ip4/1.2.3.4/tcp/80', '/', '/ip4/1.2.3.4/tcp/80']
  ])('%s without %s is %s', (outer, inner, left) => {
    expect(`${multiaddr(outer).decapsulate(inner)}`).toBe(left)
    expect(`${multiaddr(outer).decapsulate(foreign(inner))}`).toBe(left)
  })

  test('decapsulate takes whole components', () => {
    expect(codeOf(() => multiaddr('/ip4/1.2.3.4/tcp/4001').decapsulate('/tcp/40'))).toBe('not-contained')
    expect(codeOf(() => multiaddr('/tcp/4001').decapsulate('/ip4/1.2.3.4/tcp/4001'))).toBe('not-contained')
  })

  test('decapsulateCode', () => {
    const twice = multiaddr(`/ip4/1.2.3.4/p2p/${PEER}/p2p-circuit/p2p/${PEER}`)
    expect(`${twice.decapsulateCode(CODE_P2P)}`).toBe(`/ip4/1.2.3.4/p2p/${PEER}/p2p-circuit`)
    expect(twice.decapsulateCode(CODE_UNIX)).toBe(twice)
    expect(`${twice.decapsulateCode(CODE_IP4)}`).toBe('/')
  })

  test('equals compares bytes, and only those of multiaddrs', () => {
    expect(ma.equals(multiaddr(FULL))).toBe(true)
    expect(ma.equals(foreign(FULL))).toBe(true)
    for (const other of [undefined, null, FULL, ma.bytes, multiaddr('/tcp/1')]) expect(ma.equals(other)).toBe(false)
  })
})

describe('text is strict', () => {
  test.each([
    ['ip4/1.2.3.4', 'malformed'],
    ['//', 'malformed'],
    ['//ip4/1.2.3.4', 'unknown-protocol'],
    ['/ip4//1.2.3.4', 'missing-value'],
    ['/toString/1', 'unknown-protocol'],
    ['/__proto__', 'unknown-protocol'],
    ['/IP4/1.2.3.4', 'unknown-protocol'],
    ['/tcp', 'missing-value'],
    ['/tcp/', 'missing-value'],
    ['/tcp/080', 'invalid-value'],
    ['/tcp/+80', 'invalid-value'],
    ['/tcp/-0', 'invalid-value'],
    ['/tcp/ 80', 'invalid-value'],
    ['/tcp/0x50', 'invalid-value'],
    ['/tcp/80.0', 'invalid-value'],
    ['/tcp/٤', 'invalid-value'],
    ['/tcp/99999999999999999999', 'invalid-value'],
    ['/ip4/1.2.3', 'invalid-value'],
    ['/ip4/1.2.3.4.', 'invalid-value'],
    ['/ip4/1.2.3.', 'invalid-value'],
    ['/ip4/01.2.3.4', 'invalid-value'],
    ['/ip4/256.2.3.4', 'invalid-value'],
    ['/ip4/0x1.2.3.4', 'invalid-value'],
    ['/ip4/::1', 'invalid-value'],
    ['/ip6/1.2.3.4', 'invalid-value'],
    ['/ip6/1', 'invalid-value'],
    ['/ip6/:', 'invalid-value'],
    ['/ip6/:::', 'invalid-value'],
    ['/ip6/:1::', 'invalid-value'],
    ['/ip6/1::2::3', 'invalid-value'],
    ['/ip6/1:2:3:4:5:6:7:', 'invalid-value'],
    ['/ip6/1:2:3:4:5:6:7:8:', 'invalid-value'],
    ['/ip6/1:2:3:4:5:6:7:8:9', 'invalid-value'],
    ['/ip6/1:2:3:4::5:6:7:8', 'invalid-value'],
    ['/ip6/12345::', 'invalid-value'],
    ['/ip6/::g', 'invalid-value'],
    ['/ip6/::1.2.3', 'invalid-value'],
    ['/ip6/::1.2.3.4:5', 'invalid-value'],
    ['/ip6/1:2:3:4:5:6:7:1.2.3.4', 'invalid-value'],
    ['/ip6/fe80::1%eth0', 'invalid-value'],
    ['/ip6/[::1]', 'invalid-value'],
    ['/ip6zone/a b/ip6/::1', 'invalid-value'],
    ['/ipcidr/256', 'invalid-value'],
    ['/dns4/a b', 'invalid-value'],
    ['/dns4/a\u0000b', 'invalid-value'],
    ['/dns4/\ud800', 'invalid-value'],
    [`/dns4/${'a'.repeat(255)}`, 'invalid-value'],
    ['/unix/\u0000', 'invalid-value'],
    ['/http-path/a/b', 'unknown-protocol'],
    ['/http-path/%ff', 'invalid-value'],
    ['/http-path/\ud800', 'invalid-value'],
    ['/memory/18446744073709551616', 'invalid-value'],
    ['/memory/01', 'invalid-value'],
    ['/memory/-1', 'invalid-value'],
    ['/p2p/Qm', 'invalid-value'],
    ['/p2p/1', 'invalid-value'],
    ['/p2p/11', 'invalid-value'],
    [`/p2p/${PEER}0`, 'invalid-value'],
    [`/p2p/${PEER}é`, 'invalid-value'],
    [`/p2p/1${'2'.repeat(400)}`, 'invalid-value'],
    ['/p2p/bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi', 'invalid-value'],
    [`/certhash/u${'A'.repeat(300)}`, 'invalid-value'],
    ['/certhash/?', 'invalid-value'],
    ['/onion/aaimaq4ygg2iegci:0', 'invalid-value'],
    ['/onion/aaimaq4ygg2iegci:080', 'invalid-value'],
    ['/onion/aaimaq4ygg2iegci:65536', 'invalid-value'],
    ['/onion/aaimaq4ygg2iegci', 'invalid-value'],
    ['/onion/aaimaq4ygg2iegci:80:80', 'invalid-value'],
    ['/onion/aaimaq4ygg2ie===:80', 'invalid-value'],
    ['/onion3/aaimaq4ygg2iegci:80', 'invalid-value'],
    ['/garlic32/aa', 'invalid-value'],
    ['/garlic64/aa', 'invalid-value'],
    [`/garlic64/${'_'.repeat(516)}`, 'invalid-value']
  ])('%j is %s', (text, code) => {
    expect(codeOf(() => multiaddr(text))).toBe(code)
  })

  test('the error says what is wrong with what', () => {
    expect(errorOf(() => multiaddr('/ip4/1.2.3.4/tcp/65536'))).toMatchObject({
      name: 'MultiaddrError',
      message: 'tcp value "65536" is not a port, 0 to 65535'
    })
    expect(errorOf(() => multiaddr('/ip4/1.2.3.4/toast/1'))).toMatchObject({
      message: 'no protocol is called "toast", in "/ip4/1.2.3.4/toast/1"'
    })
    expect((errorOf(() => multiaddr(`/dns/${' '.repeat(9000)}x`)) as Error).message.length).toBeLessThan(200)
  })
})

describe('text has one canonical form', () => {
  test.each([
    ['/ip4/1.2.3.4/tcp/80/', '/ip4/1.2.3.4/tcp/80'],
    ['/ip4/1.2.3.4/tcp/80///', '/ip4/1.2.3.4/tcp/80'],
    ['/ip6/0:0:0:0:0:0:0:1', '/ip6/::1'],
    ['/ip6/2001:DB8::0:1', '/ip6/2001:db8::1'],
    ['/ip6/2001:db8:0:1:1:1:1:1', '/ip6/2001:db8:0:1:1:1:1:1'],
    ['/ip6/2001:0:0:1:0:0:0:1', '/ip6/2001:0:0:1::1'],
    ['/ip6/2001:db8:0:0:1:0:0:1', '/ip6/2001:db8::1:0:0:1'],
    ['/ip6/1:2:3:4:5:6:7::', '/ip6/1:2:3:4:5:6:7:0'],
    ['/ip6/::2:3:4:5:6:7:8', '/ip6/0:2:3:4:5:6:7:8'],
    ['/ip6/::ffff:7f00:1', '/ip6/::ffff:127.0.0.1'],
    ['/ip6/::ffff:1.2.3.4', '/ip6/::ffff:1.2.3.4'],
    ['/ip6/64:ff9b::1.1.1.1', '/ip6/64:ff9b::101:101'],
    ['/ip6/1:2:3:4:5:6:1.2.3.4', '/ip6/1:2:3:4:5:6:102:304'],
    [`/ipfs/${PEER}`, `/p2p/${PEER}`],
    ['/certhash/f1203666f6f', '/certhash/uEgNmb28'],
    ['/onion/AAIMAQ4YGG2IEGCI:80', '/onion/aaimaq4ygg2iegci:80'],
    ['/http-path/a%2fb', '/http-path/a%2Fb'],
    ["/http-path/it's+(here)!*", '/http-path/it%27s%2B%28here%29%21%2A'],
    ['/http-path/é', '/http-path/%C3%A9'],
    ['/dns/bücher.example', '/dns/bücher.example'],
    ['/unix/tmp/a.sock', '/unix/tmp/a.sock'],
    ['/unix//tmp/a.sock/', '/unix//tmp/a.sock'],
    ['/memory/18446744073709551615', '/memory/18446744073709551615']
  ])('%s prints as %s', (text, printed) => {
    expect(multiaddr(text).toString()).toBe(printed)
    expect(multiaddr(multiaddr(text).bytes).toString()).toBe(printed)
    expect(multiaddr(printed).toString()).toBe(printed)
  })

  test('components carry paths as they are, addresses carry them escaped', () => {
    const path = multiaddr('/dns/example.com/http/http-path/a%2Fb%20c')
    expect(path.getComponents()[2]?.value).toBe('a/b c')
    expect(`${multiaddr([{ code: CODE_HTTP_PATH, name: 'http-path', value: 'a/b c' }])}`).toBe('/http-path/a%2Fb%20c')
    expect(multiaddr('/unix/a/b').getComponents()[0]?.value).toBe('/a/b')
    expect(`${multiaddr([{ code: CODE_UNIX, name: 'unix', value: '/a/b' }])}`).toBe('/unix/a/b')
  })
})

describe('components are checked', () => {
  const ws = { code: CODE_WS, name: 'ws' }
  const unix = { code: CODE_UNIX, name: 'unix', value: '/a' }
  test.each([
    ['an unknown code', [{ code: 1, name: 'ws' }], 'unknown-protocol'],
    ['a name of another code', [{ code: CODE_WS, name: 'wss' }], 'malformed'],
    ['no name', [{ code: CODE_WS }], 'malformed'],
    ['a value where there is none', [{ ...ws, value: 'x' }], 'invalid-value'],
    ['no value', [{ code: CODE_TCP, name: 'tcp' }], 'missing-value'],
    ['a value that is no text', [{ code: CODE_TCP, name: 'tcp', value: 80 }], 'invalid-value'],
    ['an empty value', [{ code: CODE_TCP, name: 'tcp', value: '' }], 'missing-value'],
    ['a value with more components in it', [{ code: 54, name: 'dns4', value: 'a/tcp/80' }], 'invalid-value'],
    ['text that is not Unicode', [{ code: CODE_HTTP_PATH, name: 'http-path', value: '\ud800' }], 'invalid-value'],
    ['a path that ends in a slash', [{ ...unix, value: '/a/' }], 'invalid-value'],
    ['bytes of another protocol', [{ ...ws, bytes: fromHex('0401020304') }], 'malformed'],
    ['bytes of two', [{ ...ws, bytes: fromHex('dd03dd03') }], 'malformed'],
    ['no bytes', [{ ...ws, bytes: fromHex('') }], 'malformed'],
    ['broken bytes', [{ code: CODE_IP4, name: 'ip4', bytes: fromHex('0401') }], 'truncated'],
    ['something behind a path', [unix, ws], 'malformed']
  ])('%s', (_, components, code) => {
    expect(codeOf(() => multiaddr(components as never))).toBe(code)
  })
})

describe('bytes are strict', () => {
  test.each([
    ['8601', 'unknown-protocol', 'a code that is not in the table'],
    ['8400 047f000001', 'malformed', 'a varint that could be shorter'],
    ['84', 'truncated', 'half a code'],
    ['36', 'truncated', 'no length'],
    ['36 02 61', 'truncated', 'a length past the end'],
    ['36 00', 'missing-value', 'an empty name'],
    ['36 01 2f', 'invalid-value', 'a slash in a name'],
    ['36 02 c328', 'invalid-value', 'broken UTF-8'],
    ['9003 02 2f61 dd03', 'malformed', 'something behind a path'],
    ['9003 01 2f', 'invalid-value', 'an empty path'],
    ['9003 02 6161', 'invalid-value', 'a relative path'],
    ['9003 03 2f612f', 'invalid-value', 'a path that ends in a slash'],
    ['bc03 00000000000000000000 0000', 'invalid-value', 'an onion service on port 0'],
    ['a503 02 0000', 'invalid-value', 'an empty identity'],
    ['a503 04 11020000', 'invalid-value', 'a peer id by SHA-1']
  ])('%s is %s: %s', (bytes, code) => {
    expect(codeOf(() => multiaddr(fromHex(bytes)))).toBe(code)
  })

  test('a varint error keeps its cause', () => {
    expect(errorOf(() => multiaddr(fromHex('8400')))).toMatchObject({ cause: { name: 'BytesError' } })
  })
})

describe('sizes are bounded', () => {
  const zone = (bytes: number) => `/ip6zone/${'z'.repeat(bytes - 3)}`

  test('bytes', () => {
    expect(multiaddr(zone(MAX_ADDRESS_BYTES)).bytes.byteLength).toBe(MAX_ADDRESS_BYTES)
    expect(codeOf(() => multiaddr(zone(MAX_ADDRESS_BYTES + 1)))).toBe('too-large')
    expect(codeOf(() => multiaddr(`/http-path/${'é'.repeat(MAX_ADDRESS_BYTES / 2)}`))).toBe('too-large')
    expect(codeOf(() => multiaddr(new Uint8Array(MAX_ADDRESS_BYTES + 1)))).toBe('too-large')
    const half = multiaddr(zone(MAX_ADDRESS_BYTES / 2 + 1))
    expect(codeOf(() => half.encapsulate(half))).toBe('too-large')
    expect(codeOf(() => multiaddr([...half.getComponents(), ...half.getComponents()]))).toBe('too-large')
  })

  test.each([
    '/ip4/1.2.3.4',
    '/ip6/::',
    '/tcp/1',
    '/memory/1',
    '/ws',
    '/dns4/example.com',
    `/p2p/${PEER}`,
    '/certhash/uEgNmb28',
    '/onion/aaimaq4ygg2iegci:80',
    '/unix/x/y'
  ])('at every offset near the end, with %s there', tail => {
    const length = multiaddr(tail).bytes.byteLength
    for (let over = -2; over <= length + 2; over++) {
      const text = zone(MAX_ADDRESS_BYTES - length + over) + tail
      if (over <= 0) expect(multiaddr(text).toString()).toBe(text)
      else expect(codeOf(() => multiaddr(text))).toBe('too-large')
    }
  })

  test('components', () => {
    expect(multiaddr('/ws'.repeat(MAX_COMPONENTS)).getComponents()).toHaveLength(MAX_COMPONENTS)
    const over = '/ws'.repeat(MAX_COMPONENTS + 1)
    expect(codeOf(() => multiaddr(over))).toBe('too-large')
    expect(codeOf(() => multiaddr(fromHex('dd03'.repeat(MAX_COMPONENTS + 1))))).toBe('too-large')
    expect(codeOf(() => multiaddr('/ws'.repeat(MAX_COMPONENTS)).encapsulate('/ws'))).toBe('too-large')
    const one = multiaddr('/ws').getComponents()
    expect(codeOf(() => multiaddr(Array.from({ length: MAX_COMPONENTS + 1 }, () => one).flat()))).toBe('too-large')
  })

  test('text', () => {
    expect(codeOf(() => multiaddr(`/${'x'.repeat(MAX_ADDRESS_CHARS)}`))).toBe('too-large')
  })

  test('the longest text of the largest address parses', () => {
    const names = '/p2p-websocket-star'.repeat(MAX_COMPONENTS - 1)
    const path = '%20'.repeat(MAX_ADDRESS_BYTES - 2 * (MAX_COMPONENTS - 1) - 4)
    const ma = multiaddr(`${names}/http-path/${path}`)
    expect(ma.bytes.byteLength).toBe(MAX_ADDRESS_BYTES)
    expect(multiaddr(multiaddr(ma.bytes).toString()).equals(ma)).toBe(true)
  })
})

test('memory addresses are 64 bits without a length', () => {
  expect(toHex(multiaddr([{ code: CODE_MEMORY, name: 'memory', value: '258' }]).bytes)).toBe('89060000000000000102')
})
