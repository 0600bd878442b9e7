import { multiaddr, withPeerId } from '@ts-libp2p/multiaddr'
import { identity } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { LOOKUP_TIMEOUT_MS, MAX_RECORD_BYTES, QUERY_INTERVAL_MS, RECORD_WAIT_MS, TTL_SECONDS } from '../src/index.ts'
import { described, Lan } from './lan.ts'

const MINUTE = 60_000
const bytesOf = async (answers: AsyncIterable<Uint8Array>): Promise<string[]> => {
  const found: string[] = []
  for await (const bytes of answers) found.push(bytes.join())
  return found.sort()
}

describe('peers of a network', () => {
  it('find each other at once, without being told anything', async () => {
    const lan = new Lan()
    const [a, b, c] = [lan.node('a'), lan.node('b'), lan.node('c')]
    await lan.clock.advance(200)
    expect(a.found.sort()).toEqual([described(b), described(c)].sort())
    expect(b.found.sort()).toEqual([described(a), described(c)].sort())
    const d = lan.node('d')
    await lan.clock.advance(1500)
    expect(d.found.sort()).toEqual([a, b, c].map(described).sort())
    expect(a.found).toContain(described(d))
  })

  it('are told of once, and again after minutes, while they are there', async () => {
    const lan = new Lan()
    const [a, b] = [lan.node('a'), lan.node('b')]
    await lan.clock.advance(4 * MINUTE)
    expect(a.found).toEqual([described(b)])
    await lan.clock.advance(3 * MINUTE)
    expect(a.found).toEqual([described(b), described(b)])
  })

  it('a new address is told of at once', async () => {
    const lan = new Lan()
    const [a, b] = [lan.node('a'), lan.node('b')]
    await lan.clock.advance(5000)
    b.addresses = [...b.addresses, withPeerId(multiaddr(`/ip4/${b.ip}/udp/4001/quic-v1`), b.peerId)]
    b.changeAddresses()
    await lan.clock.advance(2000)
    expect(a.found.at(-1)).toBe(described(b))
  })

  it('who leaves says so, and who is gone is forgotten', async () => {
    const lan = new Lan()
    const [a, b, c] = [lan.node('a'), lan.node('b'), lan.node('c')]
    await lan.clock.advance(2000)
    await b.service.stop()
    await lan.clock.advance(100)
    const cached = { useNetwork: false }
    await expect(a.service.findPeer(b.peerId, cached)).rejects.toMatchObject({ name: 'NotFoundError' })
    expect((await a.service.findPeer(c.peerId, cached)).id).toBe(c.peerId)
    await b.service.stop()
  })

  it('a network that is quiet costs a packet a minute for each question, however many peers', async () => {
    const lan = new Lan()
    const nodes = Array.from({ length: 20 }, (_, i) => lan.node(`n${i}`))
    await lan.clock.advance(10 * MINUTE)
    const since = lan.now
    await lan.clock.advance(30 * MINUTE)
    const questions = lan.count(({ isResponse }) => !isResponse, since)
    const answers = lan.count(({ isResponse }) => isResponse, since)
    expect(questions).toBeLessThanOrEqual(30 * 3)
    expect(answers).toBeLessThanOrEqual(questions * nodes.length)
    for (const node of nodes) expect(new Set(node.found).size).toBe(19)
  })

  it('stay found for hours', async () => {
    const lan = new Lan()
    const [a, b] = [lan.node('a'), lan.node('b')]
    for (let i = 0; i < 60; i++) {
      await lan.clock.advance(3 * MINUTE + 1234)
      expect((await a.service.findPeer(b.peerId, { useNetwork: false })).id).toBe(b.peerId)
    }
  })

  it('of a private network see only each other', async () => {
    const lan = new Lan()
    const fingerprint = '0123456789abcdef0123456789abcdef'
    const [a, b, c] = [lan.node('a', { fingerprint }), lan.node('b', { fingerprint }), lan.node('c')]
    await lan.clock.advance(MINUTE)
    expect([a.found, b.found, c.found]).toEqual([[described(b)], [described(a)], []])
    expect(lan.count(packet => JSON.stringify(packet).includes(`_p2p-${fingerprint}._udp.local`))).toBeGreaterThan(0)
  })

  it('start again under another name', async () => {
    const lan = new Lan()
    const a = lan.node('a')
    const instances = (): Set<string> =>
      new Set(
        lan.packets.flatMap(({ packet, from }) =>
          packet.answers.flatMap(answer => (from === a.ip && answer.type === 'PTR' ? [answer.target] : []))
        )
      )
    await lan.clock.advance(5000)
    expect(instances().size).toBe(1)
    await a.service.stop()
    await a.service.start()
    await a.service.afterStart?.()
    await lan.clock.advance(5000)
    expect(instances().size).toBe(2)
    for (const name of instances()) {
      expect(name).toMatch(/^[a-z2-7]{32,63}\._p2p\._udp\.local$/)
      expect(name).not.toContain(String(a.peerId).toLowerCase())
    }
  })

  it('stop leaves no timer', async () => {
    const lan = new Lan()
    const nodes = [lan.node('a'), lan.node('b')]
    await lan.clock.advance(MINUTE)
    for (const { service } of nodes) await service.stop()
    await lan.clock.advance(10)
    expect(lan.clock.pendingTimers).toBe(0)
  })
})

describe('a peer that keeps quiet', () => {
  it('is found by those only who ask for its id, and hears of the others', async () => {
    const lan = new Lan()
    const [a, quiet] = [lan.node('a'), lan.node('quiet', { isAnnouncing: false })]
    await lan.clock.advance(4 * MINUTE)
    expect(a.found).toEqual([])
    expect(quiet.found).toEqual([described(a)])
    const asked = a.service.findPeer(quiet.peerId)
    await lan.clock.advance(500)
    expect((await asked).multiaddrs.map(String)).toEqual(quiet.addresses.map(String))
    expect(lan.count((packet, from) => from === quiet.ip && JSON.stringify(packet).includes('"name":"_p2p._udp'))).toBe(
      lan.count((packet, from) => from === quiet.ip && !packet.isResponse)
    )
  })
})

describe('findPeer', () => {
  it('answers at once from what was heard', async () => {
    const lan = new Lan()
    const [a, b] = [lan.node('a'), lan.node('b')]
    await lan.clock.advance(500)
    expect((await a.service.findPeer(b.peerId)).multiaddrs.map(String)).toEqual(b.addresses.map(String))
  })

  it('asks the network where it must, or is told to', async () => {
    const lan = new Lan()
    const [a, b] = [lan.node('a'), lan.node('b')]
    await lan.clock.advance(MINUTE)
    const before = lan.count((packet, from) => from === a.ip && !packet.isResponse)
    const asked = a.service.findPeer(b.peerId, { useCache: false })
    await lan.clock.advance(1500)
    expect((await asked).id.equals(b.peerId)).toBe(true)
    expect(lan.count((packet, from) => from === a.ip && !packet.isResponse)).toBeGreaterThan(before)
  })

  it('gives up when nobody answers, when told to, and when the service stops', async () => {
    const lan = new Lan()
    const a = lan.node('a')
    const nobody = identity('nobody').peerId
    await lan.clock.advance(1000)
    const missing = expect(a.service.findPeer(nobody)).rejects.toMatchObject({ name: 'NotFoundError' })
    await lan.clock.advance(LOOKUP_TIMEOUT_MS)
    await missing
    const reason = new Error('enough')
    const controller = new AbortController()
    const aborted = expect(a.service.findPeer(nobody, controller)).rejects.toBe(reason)
    controller.abort(reason)
    await aborted
    await expect(a.service.findPeer(nobody, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const stopped = expect(a.service.findPeer(nobody)).rejects.toMatchObject({ name: 'AbortError' })
    await a.service.stop()
    await stopped
    await expect(a.service.findPeer(nobody)).rejects.toMatchObject({ name: 'NotStartedError' })
  })

  it('many at once share the questions', async () => {
    const lan = new Lan()
    const [a, b] = [lan.node('a'), lan.node('b', { isAnnouncing: false })]
    await lan.clock.advance(MINUTE)
    const before = lan.packets.length
    const asked = Promise.all(Array.from({ length: 100 }, () => a.service.findPeer(b.peerId)))
    await lan.clock.advance(1000)
    expect(await asked).toHaveLength(100)
    expect(lan.packets.length - before).toBeLessThan(6)
  })

  it('of many peers asks by turns', async () => {
    const lan = new Lan()
    const a = lan.node('a')
    const others = Array.from({ length: 20 }, (_, i) => lan.node(`quiet ${i}`, { isAnnouncing: false }))
    const asked = Promise.all(others.map(({ peerId }) => a.service.findPeer(peerId)))
    await lan.clock.advance(LOOKUP_TIMEOUT_MS)
    expect(await asked).toHaveLength(20)
  })
})

describe('records', () => {
  const key = (text: string): Uint8Array => new TextEncoder().encode(text)

  it('are found by key, from everybody who has one', async () => {
    const lan = new Lan()
    const [a, b, c] = [lan.node('a'), lan.node('b'), lan.node('c')]
    await lan.clock.advance(1000)
    a.service.records.publish(key('x'), Uint8Array.of(1))
    b.service.records.publish(key('x'), new Uint8Array(600).fill(2))
    b.service.records.publish(key('y'), Uint8Array.of(3))
    await lan.clock.advance(2000)
    const asked = bytesOf(c.service.records.ask(key('x')))
    await lan.clock.advance(RECORD_WAIT_MS)
    expect(await asked).toEqual(['1', Array(600).fill(2).join()])
    const all = bytesOf(c.service.records.askAll())
    await lan.clock.advance(1500)
    expect(await all).toHaveLength(3)
    const none = bytesOf(c.service.records.ask(key('z')))
    await lan.clock.advance(RECORD_WAIT_MS)
    expect(await none).toEqual([])
  })

  it.each(Array.from({ length: 12 }, (_, i) => i * 10))(
    'are found %i ms after another answer, which holds theirs back',
    async after => {
      const lan = new Lan()
      const [a, b, c] = [lan.node('a'), lan.node('b'), lan.node('c')]
      a.service.records.publish(key('x'), Uint8Array.of(1))
      a.service.records.publish(key('y'), Uint8Array.of(2))
      await lan.clock.advance(3000)
      const first = b.service.records.ask(key('x'))[Symbol.asyncIterator]().next()
      const since = lan.now
      const isAnswer = (): boolean => lan.count((_, from) => from === a.ip, since) > 0
      expect(await lan.clock.advanceUntil(isAnswer, lan.clock.now() + 1000)).toBe(true)
      await lan.clock.advance(after)
      const asked = bytesOf(c.service.records.ask(key('y')))
      await lan.clock.advance(RECORD_WAIT_MS)
      expect(await asked).toEqual(['2'])
      expect((await first).value).toEqual(Uint8Array.of(1))
    }
  )

  it('are told of when they are published; not any more when they are not', async () => {
    const lan = new Lan()
    const [a, b] = [lan.node('a'), lan.node('b')]
    await lan.clock.advance(1000)
    const heard: string[] = []
    const undo = b.service.records.listen(bytes => heard.push(bytes.join()))
    a.service.records.publish(key('x'), Uint8Array.of(1))
    await lan.clock.advance(1500)
    expect(heard).toEqual(['1'])
    a.service.records.unpublish(key('x'))
    const asked = bytesOf(b.service.records.ask(key('x')))
    await lan.clock.advance(1500)
    expect(await asked).toEqual([])
    undo()
    a.service.records.publish(key('x'), Uint8Array.of(2))
    await lan.clock.advance(1500)
    expect(heard).toEqual(['1'])
  })

  it('are answered for again when the service starts again', async () => {
    const lan = new Lan()
    const [a, b] = [lan.node('a'), lan.node('b')]
    await a.service.stop()
    a.service.records.publish(key('x'), Uint8Array.of(1))
    await a.service.start()
    await a.service.afterStart?.()
    await lan.clock.advance(2000)
    const asked = bytesOf(b.service.records.ask(key('x')))
    await lan.clock.advance(1500)
    expect(await asked).toEqual(['1'])
  })

  it('are as many, and as large, as a packet and the others can bear', async () => {
    const lan = new Lan()
    const [a, b] = [lan.node('a'), lan.node('b')]
    await lan.clock.advance(1000)
    const { records } = a.service
    records.publish(key('large'), new Uint8Array(MAX_RECORD_BYTES))
    expect(() => records.publish(key('too large'), new Uint8Array(MAX_RECORD_BYTES + 1))).toThrow(
      expect.objectContaining({ name: 'MdnsError', code: 'too-large' })
    )
    for (let i = 1; i < 256; i++) records.publish(key(String(i)), Uint8Array.of(i))
    expect(() => records.publish(key('more'), Uint8Array.of(1))).toThrow(expect.objectContaining({ code: 'full' }))
    records.publish(key('1'), Uint8Array.of(7))
    await lan.clock.advance(20_000)
    const asked = bytesOf(b.service.records.ask(key('large')))
    await lan.clock.advance(1500)
    expect((await asked)[0]?.length).toBe(2 * MAX_RECORD_BYTES - 1)
    expect(Math.max(...lan.packets.map(({ bytes }) => bytes))).toBeLessThan(9000)
  })

  it('stop when told to', async () => {
    const lan = new Lan()
    const a = lan.node('a')
    await lan.clock.advance(1000)
    const reason = new Error('enough')
    const controller = new AbortController()
    const asked = expect(bytesOf(a.service.records.ask(key('x'), controller))).rejects.toBe(reason)
    controller.abort(reason)
    await asked
    const stopped = expect(bytesOf(a.service.records.askAll())).rejects.toMatchObject({ name: 'AbortError' })
    await a.service.stop()
    await stopped
    await expect(bytesOf(a.service.records.askAll())).rejects.toMatchObject({ name: 'NotStartedError' })
    expect(TTL_SECONDS * 1000).toBeGreaterThan(QUERY_INTERVAL_MS)
  })
})
