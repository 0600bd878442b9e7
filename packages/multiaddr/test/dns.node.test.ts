import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createDns as createBrowserDns } from '../src/dns.browser.ts'
import { createDns, createResolver, multiaddr } from '../src/index.ts'
import { MAX_DOH_RESPONSE_BYTES } from '../src/limits.ts'

const PEER = '/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'
const failed = { name: 'MultiaddrError', code: 'dns-failed', cause: expect.any(Error) }

describe('the system', () => {
  test('addresses are their own names', async () => {
    expect(await createDns().a('127.0.0.1')).toEqual(['127.0.0.1'])
    expect(await createDns().aaaa('::1')).toEqual(['::1'])
  })

  test('refuses a name that is too long to ask for, with a cause', async () => {
    await expect(createDns().a('x'.repeat(300))).rejects.toMatchObject(failed)
  })

  test('asks nothing after an abort', async () => {
    const signal = AbortSignal.abort(new Error('late'))
    const dns = createDns()
    for (const ask of [dns.a, dns.aaaa, dns.txt]) await expect(ask('127.0.0.1', { signal })).rejects.toThrow('late')
  })
})

describe('DNS servers', () => {
  let socket: Socket
  let servers: string[]
  /** Answers by question, `type name`; no entry, no reply at all. */
  let answers: Map<string, Buffer[]>

  beforeEach(async () => {
    answers = new Map()
    socket = createSocket('udp4')
    socket.on('message', (query, from) => {
      const reply = replyTo(query, answers)
      if (reply !== undefined) socket.send(reply, from.port, from.address)
    })
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    servers = [`127.0.0.1:${socket.address().port}`]
  })
  afterEach(() => {
    socket.close()
  })

  test('answer', async () => {
    answers.set('1 a.example', [Buffer.from([1, 2, 3, 4])])
    answers.set('28 a.example', [Buffer.from('20010db8000000000000000000000001', 'hex')])
    answers.set('16 _dnsaddr.a.example', [strings('dnsaddr=/dns4/a.', `example/tcp/1${PEER}`)])
    const dns = createDns({ servers })
    expect(await dns.a('a.example')).toEqual(['1.2.3.4'])
    expect(await dns.aaaa('a.example')).toEqual(['2001:db8::1'])
    expect(await dns.txt('_dnsaddr.a.example')).toEqual([`dnsaddr=/dns4/a.example/tcp/1${PEER}`])
    const found = await createResolver({ dns }).resolve(multiaddr('/dnsaddr/a.example'))
    expect(found.join()).toBe(`/ip4/1.2.3.4/tcp/1${PEER}`)
  })

  test('that have nothing make an error with a cause', async () => {
    answers.set('1 a.example', [])
    await expect(createDns({ servers }).a('a.example')).rejects.toMatchObject(failed)
  })

  test('that stay silent are left on abort', async () => {
    const controller = new AbortController()
    socket.once('message', () => controller.abort(new Error('enough')))
    await expect(createDns({ servers }).txt('a.example', { signal: controller.signal })).rejects.toThrow('enough')
  })

  test('must be addresses', async () => {
    await expect(createDns({ servers: ['no server'] }).a('a.example')).rejects.toMatchObject(failed)
  })
})

describe.each([
  ['Node', createDns],
  ['a browser', createBrowserDns]
])('DNS over HTTPS in %s', (_, create) => {
  let respond: (request: IncomingMessage, response: ServerResponse) => void
  let endpoint: string
  const server = createServer((request, response) => respond(request, response))
  const json = (body: unknown) => {
    respond = (_, response) => response.end(JSON.stringify(body))
  }

  beforeEach(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dns-query?x=1`
  })
  afterEach(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  test('asks for name and type', async () => {
    const asked: unknown[] = []
    respond = (request, response) => {
      asked.push([request.url, request.headers.accept])
      response.end(JSON.stringify({ Status: 0, Answer: [{ type: 1, data: '1.2.3.4' }] }))
    }
    expect(await create({ endpoint }).a('a&b.example')).toEqual(['1.2.3.4'])
    expect(asked).toEqual([['/dns-query?x=1&name=a%26b.example&type=A', 'application/dns-json']])
  })

  test('takes the records asked for, not the aliases on the way', async () => {
    json({
      Status: 0,
      Answer: [{ type: 5, data: 'b.example.' }, { type: 28, data: '::1' }, null, { type: 1, data: '1.2.3.4' }]
    })
    expect(await create({ endpoint }).aaaa('a.example')).toEqual(['::1'])
  })

  test('takes text quoted and plain', async () => {
    const data = ['dnsaddr=/ip4/1.2.3.4', '"dnsaddr=/ip4/" "5.6.7.8"', String.raw`"a\"b\\c"`]
    json({ Status: 0, Answer: data.map(data => ({ type: 16, data })) })
    expect(await create({ endpoint }).txt('x')).toEqual(['dnsaddr=/ip4/1.2.3.4', 'dnsaddr=/ip4/5.6.7.8', 'a"b\\c'])
  })

  test('no answer is none', async () => {
    json({ Status: 0 })
    expect(await create({ endpoint }).a('x')).toEqual([])
  })

  test.each([
    ['a DNS error', JSON.stringify({ Status: 3 })],
    ['no object', 'null'],
    ['no JSON', '<html>'],
    ['too much', JSON.stringify({ Status: 0, Answer: [], pad: 'x'.repeat(MAX_DOH_RESPONSE_BYTES) })]
  ])('%s is an error with a cause', async (_, body) => {
    respond = (_, response) => response.end(body)
    await expect(create({ endpoint }).a('x')).rejects.toMatchObject(failed)
  })

  test('an HTTP error is one', async () => {
    respond = (_, response) => response.writeHead(500).end('{"Status":0}')
    await expect(create({ endpoint }).txt('x')).rejects.toMatchObject({
      ...failed,
      cause: { message: 'HTTP status 500' }
    })
  })

  test('an abort ends the wait, with its reason', async () => {
    const controller = new AbortController()
    respond = () => controller.abort(new Error('enough'))
    await expect(create({ endpoint }).a('x', { signal: controller.signal })).rejects.toThrow('enough')
  })
})

test('a browser without an endpoint says what to configure', async () => {
  const dns = createBrowserDns()
  for (const ask of [dns.a, dns.aaaa, dns.txt]) {
    await expect(ask('a.example')).rejects.toMatchObject({
      code: 'no-dns',
      message: expect.stringContaining('createDns({ endpoint })')
    })
  }
  await expect(createResolver({ dns }).resolve(multiaddr('/dns4/a.example'))).rejects.toMatchObject({
    code: 'resolve-failed',
    cause: { code: 'no-dns' }
  })
})

/** A reply of RFC 1035: the question again, and each answer pointing to its name. */
function replyTo(query: Buffer, answers: Map<string, Buffer[]>): Buffer | undefined {
  const labels: string[] = []
  let at = 12
  for (let length = query[at++] as number; length > 0; length = query[at++] as number) {
    labels.push(query.toString('latin1', at, at + length))
    at += length
  }
  const type = query.readUInt16BE(at)
  const records = answers.get(`${type} ${labels.join('.')}`)
  if (records === undefined) return undefined
  const header = Buffer.from(query.subarray(0, 12))
  header.writeUInt16BE(0x8180, 2)
  header.writeUInt16BE(records.length, 6)
  header.writeUInt16BE(0, 10)
  const body = records.map(data => {
    const record = Buffer.from('c00c0000000100000e100000', 'hex')
    record.writeUInt16BE(type, 2)
    record.writeUInt16BE(data.length, 10)
    return Buffer.concat([record, data])
  })
  return Buffer.concat([header, query.subarray(12, at + 4), ...body])
}

function strings(...texts: string[]): Buffer {
  return Buffer.concat(texts.map(text => Buffer.concat([Buffer.of(text.length), Buffer.from(text)])))
}
