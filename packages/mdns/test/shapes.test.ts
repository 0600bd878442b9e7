/** Packets as other implementations write them, and ours as they read them. */
import type { PeerInfo } from '@ts-libp2p/interface'
import { multiaddr, withPeerId } from '@ts-libp2p/multiaddr'
import { identity } from '@ts-libp2p/testing'
import dns from 'dns-packet'
import { describe, expect, it } from 'vitest'
import { decodePacket, encodePacket } from '../src/packet.ts'
import { described, describe as describePeer, Lan } from './lan.ts'

const SERVICE = '_p2p._udp.local'
const them = identity('them').peerId
const addresses = ['/ip4/10.0.0.50/tcp/4001', '/ip4/10.0.0.50/udp/4001/quic-v1'].map(
  text => `${multiaddr(text)}/p2p/${them}`
)
const theirs: PeerInfo = { id: them, multiaddrs: addresses.map(multiaddr) }
const texts = addresses.map(text => `dnsaddr=${text}`)
const instance = `x4fjzwuvr6p1pl4mo2rcjz3ls8z0vp7d.${SERVICE}`
/** Another one in every packet. Seen from rust-libp2p 0.57. */
const RUST_INSTANCE = 'QpqNgavNZhwMtnWMYRLeESDqlAHRsDAQ'
const ptr = { name: SERVICE, type: 'PTR', class: 'IN', ttl: 120, data: instance } as const

/** Responses, by who writes them so. */
const RESPONSES: Record<string, dns.Packet> = {
  'js-libp2p: everything among the answers, a TXT record for each address': {
    type: 'response',
    answers: [ptr, ...texts.map(data => ({ name: instance, type: 'TXT', class: 'IN', ttl: 120, data }) as const)]
  },
  'as in the spec: TXT records among the additional ones, one for each address': {
    type: 'response',
    answers: [ptr],
    additionals: texts.map(data => ({ name: instance, type: 'TXT', class: 'IN', ttl: 120, data }) as const)
  },
  'rust-libp2p: the same for six minutes, under a name that is below nothing': {
    type: 'response',
    id: 4711,
    flags: dns.AUTHORITATIVE_ANSWER,
    answers: [{ ...ptr, ttl: 360, data: RUST_INSTANCE }],
    additionals: texts.map(
      data => ({ name: RUST_INSTANCE, type: 'TXT', class: 'IN', ttl: 360, data, flush: true }) as const
    )
  },
  'go-libp2p: one TXT record for all, with SRV and address records, in the additional ones': {
    type: 'response',
    flags: dns.AUTHORITATIVE_ANSWER,
    answers: [ptr],
    additionals: [
      { name: instance, type: 'SRV', class: 'IN', ttl: 120, data: { port: 4001, target: 'x4fj.local.' }, flush: true },
      { name: instance, type: 'TXT', class: 'IN', ttl: 120, data: texts, flush: true },
      { name: 'x4fj.local.', type: 'A', class: 'IN', ttl: 120, data: '10.0.0.50', flush: true },
      { name: 'x4fj.local.', type: 'AAAA', class: 'IN', ttl: 120, data: 'fd00::50', flush: true }
    ]
  },
  'in capitals, with dots at the ends': {
    type: 'response',
    answers: [{ ...ptr, name: '_P2P._UDP.LOCAL.', data: instance.toUpperCase() }],
    additionals: [{ name: `${instance}.`, type: 'TXT', class: 'IN', ttl: 120, data: texts }]
  }
}

const QUESTIONS: Record<string, dns.Packet> = {
  'js-libp2p': { type: 'query', questions: [{ name: SERVICE, type: 'PTR', class: 'IN' }] },
  'rust-libp2p, with a random id': {
    type: 'query',
    id: 4711,
    questions: [{ name: SERVICE, type: 'PTR', class: 'IN' }]
  },
  'any kind of record': { type: 'query', questions: [{ name: SERVICE, type: 'ANY' as never, class: 'IN' }] }
}

describe('what others say is understood', () => {
  it.each(Object.entries(RESPONSES))('%s', async (_, packet) => {
    const lan = new Lan()
    const a = lan.node('a')
    await lan.clock.advance(1000)
    lan.inject(new Uint8Array(dns.encode(packet)))
    expect(a.found).toEqual([describePeer(theirs)])
  })

  it('a TXT record that is spread over packets', async () => {
    const lan = new Lan()
    const a = lan.node('a')
    await lan.clock.advance(1000)
    for (const data of texts) {
      const additionals = [{ name: instance, type: 'TXT', class: 'IN', ttl: 120, data } as const]
      lan.inject(new Uint8Array(dns.encode({ type: 'response', answers: [ptr], additionals })))
    }
    expect(a.found.at(-1)).toBe(describePeer(theirs))
  })

  it('a farewell, from who told of it', async () => {
    const lan = new Lan()
    const a = lan.node('a')
    await lan.clock.advance(1000)
    const say = (ttl: number, from: string): void => {
      const answers = [{ ...ptr, ttl }, { name: instance, type: 'TXT', class: 'IN', ttl, data: texts } as const]
      lan.inject(new Uint8Array(dns.encode({ type: 'response', answers })), from)
    }
    say(120, '10.0.0.50')
    say(0, '10.0.0.66')
    expect(describePeer(await a.service.findPeer(them, { useNetwork: false }))).toBe(describePeer(theirs))
    say(0, '10.0.0.50')
    await expect(a.service.findPeer(them, { useNetwork: false })).rejects.toMatchObject({ name: 'NotFoundError' })
  })
})

describe('what others ask is answered', () => {
  it.each(Object.entries(QUESTIONS))('%s', async (_, question) => {
    const lan = new Lan()
    lan.node('a')
    await lan.clock.advance(5000)
    const since = lan.now
    lan.inject(new Uint8Array(dns.encode(question)))
    await lan.clock.advance(200)
    expect(lan.count(({ isResponse }) => isResponse, since)).toBe(1)
  })

  it('with the bit that wants an answer for the asker alone: everybody gets it', async () => {
    const lan = new Lan()
    lan.node('a')
    await lan.clock.advance(5000)
    const since = lan.now
    const bytes = new Uint8Array(dns.encode(QUESTIONS['js-libp2p'] as dns.Packet))
    bytes[bytes.byteLength - 2] = 0x80
    lan.inject(bytes)
    await lan.clock.advance(200)
    expect(lan.count(({ isResponse }) => isResponse, since)).toBe(1)
  })

  it('which services there are', async () => {
    const lan = new Lan()
    lan.node('a')
    await lan.clock.advance(5000)
    const since = lan.now
    const name = '_services._dns-sd._udp.local'
    lan.inject(new Uint8Array(dns.encode({ type: 'query', questions: [{ name, type: 'PTR' }] })))
    await lan.clock.advance(200)
    const answers = lan.packets.filter(({ at }) => at >= since).map(({ packet }) => packet.answers)
    expect(answers).toEqual([[{ name, ttlSeconds: 120, type: 'PTR', target: SERVICE }]])
  })

  it('not when the asker knows us already, with half of the time left', async () => {
    const lan = new Lan()
    lan.node('a')
    await lan.clock.advance(5000)
    const known = lan.packets.flatMap(({ packet }) =>
      packet.answers.flatMap(answer => (answer.type === 'PTR' ? [answer.target] : []))
    )[0] as string
    const ask = async (ttl: number): Promise<number> => {
      const since = lan.now
      const answers = [{ ...ptr, ttl, data: known }]
      lan.inject(new Uint8Array(dns.encode({ type: 'query', questions: [{ name: SERVICE, type: 'PTR' }], answers })))
      await lan.clock.advance(1500)
      return lan.count(({ isResponse }) => isResponse, since)
    }
    expect(await ask(60)).toBe(0)
    expect(await ask(59)).toBe(1)
  })
})

describe('what we say', () => {
  const said = async (count: number) => {
    const lan = new Lan()
    const a = lan.node('a')
    a.addresses = Array.from({ length: count }, (_, i) =>
      withPeerId(multiaddr(`/ip4/10.0.0.1/udp/${4001 + i}/quic-v1`), a.peerId)
    )
    await lan.clock.advance(500)
    const packets = lan.packets.filter(({ packet }) => packet.isResponse)
    return { lan, a, packets, raw: packets.map(({ packet }) => dns.decode(Buffer.from(encodePacket(packet)))) }
  }

  it('has the TXT record where js-libp2p looks, and where rust-libp2p looks', async () => {
    const { a, packets } = await said(2)
    const [{ packet }] = packets as [(typeof packets)[0]]
    const pointer = packet.answers.find(({ type }) => type === 'PTR')
    for (const section of [packet.answers, packet.additionals]) {
      const txt = section.filter(({ type }) => type === 'TXT')
      const strings = txt.flatMap(record => (record.type === 'TXT' ? record.strings : []))
      expect(strings.map(bytes => new TextDecoder().decode(bytes))).toEqual(a.addresses.map(ma => `dnsaddr=${ma}`))
      expect(txt.map(({ name }) => name)).toEqual([pointer?.type === 'PTR' ? pointer.target : ''])
    }
    expect([packet.id, packet.questions.length]).toEqual([0, 0])
  })

  it('has the SRV and address records without which go-libp2p takes no notice', async () => {
    const lan = new Lan()
    const sent: dns.DecodedPacket[] = []
    const a = lan.node('a')
    const { inject } = lan
    lan.inject = (bytes, ip) => {
      sent.push(dns.decode(Buffer.from(bytes)))
      inject.call(lan, bytes, ip)
    }
    await lan.clock.advance(500)
    const response = sent.find(({ type }) => type === 'response')
    const srv = response?.additionals?.find(({ type }) => type === 'SRV')
    const address = response?.additionals?.find(({ type }) => type === 'A')
    expect(srv).toMatchObject({ data: { port: 4001, priority: 0, weight: 0 } })
    expect(address).toMatchObject({ name: (srv as { data: { target: string } }).data.target, data: a.ip })
  })

  it('fits into packets that need no fragments, each complete by itself', async () => {
    const { lan, packets } = await said(16)
    expect(packets.length).toBeGreaterThan(1)
    for (const { bytes, packet } of packets) {
      expect(bytes).toBeLessThanOrEqual(1400)
      expect(packet.answers.map(({ type }) => type)).toEqual(['PTR', 'TXT'])
    }
    const b = lan.node('b')
    await lan.clock.advance(3000)
    expect(b.found.at(-1)?.split(' ')).toHaveLength(17)
  })

  it('leaves out what is of no use to the network', async () => {
    const lan = new Lan()
    const [a, b] = [lan.node('a'), lan.node('b')]
    const good = ['/ip4/10.0.0.1/tcp/4001', '/ip4/192.168.7.7/tcp/1/ws', '/ip6/fd00::1/tcp/4001']
    const bad = [
      ...['/ip4/127.0.0.1/tcp/4001', '/ip6/::1/tcp/4001', '/ip4/0.0.0.0/tcp/4001', '/ip6/fe80::1/tcp/4001'],
      ...['/ip4/52.1.2.3/tcp/4001', '/dns4/example.com/tcp/4001', '/memory/7', '/ip4/10.0.0.1/tcp/0'],
      ...[`/ip4/10.0.0.1/tcp/1/p2p/${them}/p2p-circuit`, `/ip4/10.0.0.1/tcp/1/http-path/${'x'.repeat(300)}`],
      ...['/ip4/224.0.0.251/udp/5353', '/ip6/ff02::fb/udp/5353']
    ]
    a.addresses = [...bad, ...good].map(text => withPeerId(multiaddr(text), a.peerId))
    await lan.clock.advance(2000)
    expect(b.found).toEqual([[a.peerId, ...good.map(text => `${text}/p2p/${a.peerId}`)].join(' ')])
    a.addresses = []
    a.changeAddresses()
    const since = lan.now
    await lan.clock.advance(3000)
    expect(lan.count(({ isResponse }, from) => isResponse && from === a.ip, since)).toBe(0)
    expect(described(b)).toContain(String(b.peerId))
  })
})

describe('packets', () => {
  it('come back as they were written', () => {
    const packet = {
      ...{ id: 7, isResponse: true, questions: [{ name: SERVICE, type: 'PTR' }], additionals: [] },
      answers: [
        { name: SERVICE, ttlSeconds: 5, type: 'PTR' as const, target: instance },
        { name: instance, ttlSeconds: 5, type: 'TXT' as const, strings: [Uint8Array.of(1, 2), new Uint8Array(255)] }
      ]
    }
    expect(decodePacket(encodePacket(packet))).toEqual(packet)
  })
})
