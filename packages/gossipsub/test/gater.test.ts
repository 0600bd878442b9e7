import { SeededRandom } from '@ts-libp2p/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { defaultPeerGaterParams, PeerGater, peerGater } from '../src/core/peer-gater.ts'
import { gossipsub } from '../src/index.ts'
import { Core, message, peer, SELF, TOPIC } from './core.ts'

const params = { ...defaultPeerGaterParams, quiet: 60_000 }
let gater: PeerGater
let now: number

beforeEach(() => {
  gater = new PeerGater(params, new SeededRandom(1))
  now = 1_000_000
})

/** Of a thousand messages. */
function accepted(of: string): number {
  return Array.from({ length: 1000 }, () => gater.accepts(of, now)).filter(Boolean).length
}

/** Validators could not keep up. */
function overload(): void {
  for (let i = 0; i < 10; i++) {
    gater.validate()
    gater.throttle(now)
  }
}

describe('the options of the peer gater', () => {
  it('that cannot work are refused at once', () => {
    const refused = expect.objectContaining({ name: 'InvalidParametersError' })
    expect(() => peerGater({ quiet: 1 })).toThrow(refused)
    expect(() => peerGater({ quiet: 1 })).toThrow('peerGater.quiet')
    expect(() => gossipsub({ peerGater: true as never })).toThrow(refused)
    expect(() => gossipsub({ peerGater: true as never })).toThrow(
      '`peerGater` must be what the function of that name returns'
    )
  })
})

describe('the peer gater', () => {
  it('lets everybody through while validators keep up', () => {
    gater.addPeer('a', '1.2.3.4')
    for (let i = 0; i < 100; i++) gater.reject('a')
    expect(accepted('a')).toBe(1000)
    for (let i = 0; i < 100; i++) gater.validate()
    gater.throttle(now)
    expect(accepted('a')).toBe(1000)
  })

  it('otherwise drops what useless peers send, the more of it the likelier', () => {
    gater.addPeer('good', '1.1.1.1')
    gater.addPeer('copies', '2.2.2.2')
    gater.addPeer('bad', '3.3.3.3')
    for (let i = 0; i < 100; i++) {
      gater.deliver('good', 'news')
      gater.deliver('copies', 'news')
      for (let j = 0; j < 8; j++) gater.duplicate('copies')
      gater.reject('bad')
    }
    overload()
    expect(accepted('good')).toBe(1000)
    expect(accepted('copies')).toBeGreaterThan(430)
    expect(accepted('copies')).toBeLessThan(570)
    expect(accepted('bad')).toBeLessThan(10)
    expect(accepted('nobody')).toBe(1000)
  })

  it('judges all peers of an address together, and those that come back', () => {
    gater.addPeer('a', '1.2.3.4')
    for (let i = 0; i < 100; i++) gater.ignore('a')
    gater.removePeer('a', now)
    gater.addPeer('b', '1.2.3.4')
    overload()
    expect(accepted('b')).toBeLessThan(40)
  })

  it('is off again after a quiet minute, or when what happened has decayed', () => {
    gater.addPeer('a', '1.2.3.4')
    for (let i = 0; i < 100; i++) gater.reject('a')
    overload()
    expect(accepted('a')).toBeLessThan(10)
    now += 60_001
    expect(accepted('a')).toBe(1000)
    overload()
    for (let i = 0; i < 200; i++) gater.decay(now)
    expect(accepted('a')).toBe(1000)
  })

  it('turns on where few messages were validated lately, however many were before', () => {
    gater.addPeer('a', '1.2.3.4')
    for (let i = 0; i < 100; i++) gater.reject('a')
    for (let i = 0; i < 1000; i++) gater.validate()
    overload()
    expect(accepted('a')).toBe(1000)
    for (let i = 0; i < 400; i++) gater.decay(now)
    overload()
    expect(accepted('a')).toBeLessThan(10)
  })

  it.each(['duplicate', 'ignore', 'reject'] as const)('forgives in time: %s', how => {
    gater.addPeer('a', '1.2.3.4')
    for (let i = 0; i < 1000; i++) gater[how]('a')
    overload()
    expect(accepted('a')).toBeLessThan(30)
    for (let i = 0; i < 10_000; i++) gater.decay(now)
    overload()
    expect(accepted('a')).toBe(1000)
  })

  it('forgets what was good in time too', () => {
    gater.addPeer('a', '1.2.3.4')
    for (let i = 0; i < 1000; i++) gater.deliver('a', 'news')
    for (let i = 0; i < 10_000; i++) gater.decay(now)
    for (let i = 0; i < 10; i++) gater.reject('a')
    overload()
    expect(accepted('a')).toBeLessThan(30)
  })

  it('is on from the threshold on', () => {
    gater = new PeerGater({ ...params, threshold: 0.5 }, new SeededRandom(1))
    gater.addPeer('a', '1.2.3.4')
    for (let i = 0; i < 100; i++) gater.reject('a')
    for (let i = 0; i < 3; i++) gater.validate()
    gater.throttle(now)
    expect(accepted('a')).toBe(1000)
    gater.throttle(now)
    gater.validate()
    expect(accepted('a')).toBeLessThan(10)
  })

  it('weighs what is ignored as it is told', () => {
    gater = new PeerGater({ ...params, ignoreWeight: 100 }, new SeededRandom(1))
    gater.addPeer('a', '1.2.3.4')
    gater.ignore('a')
    overload()
    expect(accepted('a')).toBeLessThan(30)
  })

  it('hears of what is good, of copies and of twins', () => {
    const core = new Core({ peerGater: peerGater(), scoreParams: { topics: { [TOPIC]: { topicWeight: 0 } } } })
    core.join()
    for (let n = 0; n < 5; n++) core.up(n, { topics: [TOPIC], ips: [`1.1.1.${n}`] })
    core.receive(0, message('rejected'), 'reject')
    for (let i = 0; i < 400; i++) {
      core.receive(1, message('rejected', { isSigned: false }))
      core.receive(2, message('rejected', { isSigned: false, bytes: 50 }))
      core.receive(3, message(`accepted ${i}`))
      core.receive(4, message(`throttled ${i}`), 'throttled')
    }
    core.receive(3, message('rejected too'), 'reject')
    const accepted = (n: number) =>
      Array.from({ length: 100 }, () => core.router.accepts(peer(n), core.now)).filter(said => said === 'all').length
    expect(core.dropped('twin')).toBe(400)
    for (const n of [1, 2]) expect(accepted(n)).toBeLessThan(20)
    expect(accepted(3)).toBeGreaterThan(80)
  })

  it.each([
    ['messages that cannot be read', 40, true],
    ['what validators ignore', 400, true],
    ['our own messages', 400, false]
  ] as const)('hears of %s', (what, count, expected) => {
    const core = new Core({ peerGater: peerGater() })
    core.join()
    for (const n of [0, 1]) core.up(n, { topics: [TOPIC], ips: [`1.1.1.${n}`] })
    const send = {
      'messages that cannot be read': () =>
        core.handle({ type: 'invalidMessage', peer: peer(0), topic: TOPIC, reason: 'validation failed' }),
      'what validators ignore': (i: number) => core.receive(0, message(`ignored ${i}`), 'ignore'),
      'our own messages': (i: number) => core.receive(0, { ...message(`own ${i}`), author: SELF })
    }[what]
    for (let i = 0; i < count; i++) send(i)
    for (let i = 0; i < 400; i++) core.receive(1, message(`throttled ${i}`), 'throttled')
    const answers = Array.from({ length: 200 }, () => core.router.accepts(peer(0), core.now))
    expect(answers.includes('control')).toBe(expected)
  })

  it('is off while few of many messages find no validator', () => {
    const core = new Core({ peerGater: peerGater() })
    core.join()
    core.up(0, { topics: [TOPIC] })
    for (let i = 0; i < 50; i++) core.receive(0, message(`rejected ${i}`), 'reject')
    core.receive(0, message('throttled'), 'throttled')
    expect(Array.from({ length: 50 }, () => core.router.accepts(peer(0), core.now))).not.toContain('control')
  })

  it('takes what is ignored for no worse than that', () => {
    const core = new Core({ peerGater: peerGater() })
    core.join()
    for (const n of [0, 1]) core.up(n, { topics: [TOPIC], ips: [`1.1.1.${n}`] })
    for (let i = 0; i < 100; i++) {
      core.receive(0, message(`accepted ${i}`))
      if (i % 10 === 0) core.receive(0, message(`ignored ${i}`), 'ignore')
      core.receive(1, message(`throttled ${i}`), 'throttled')
    }
    const accepted = Array.from({ length: 200 }, () => core.router.accepts(peer(0), core.now)).filter(
      of => of === 'all'
    )
    expect(accepted.length).toBeGreaterThan(160)
    expect(accepted.length).toBeLessThan(200)
  })

  it('forgets peers that went', () => {
    const core = new Core({ peerGater: peerGater({ retainStats: 0 }) })
    core.join()
    for (const n of [0, 1]) core.up(n, { topics: [TOPIC] })
    const overloaded = () => core.receive(1, message(`throttled ${core.now}`), 'throttled')
    for (let i = 0; i < 50; i++) core.receive(0, message(`rejected ${i}`), 'reject')
    core.down(0)
    core.beat(400)
    core.up(0)
    overloaded()
    expect(Array.from({ length: 50 }, () => core.router.accepts(peer(0), core.now))).not.toContain('control')
  })

  it('knows peers by their address', () => {
    const core = new Core({ peerGater: peerGater() })
    core.join()
    for (const [n, ip] of ['1.1.1.1', '1.1.1.1', '2.2.2.2'].entries()) core.up(n, { topics: [TOPIC], ips: [ip] })
    for (let i = 0; i < 50; i++) {
      core.receive(0, message(`rejected ${i}`), 'reject')
      core.receive(0, message(`throttled ${i}`), 'throttled')
    }
    const gated = (n: number) =>
      Array.from({ length: 50 }, () => core.router.accepts(peer(n), core.now)).includes('control')
    expect([0, 1, 2].map(gated)).toEqual([true, true, false])
  })

  it('decays with the heartbeat', () => {
    const core = new Core({ peerGater: peerGater({ quiet: 1e9 }) })
    core.join()
    core.up(0, { topics: [TOPIC] })
    for (let i = 0; i < 50; i++) {
      core.receive(0, message(`rejected ${i}`), 'reject')
      core.receive(0, message(`throttled ${i}`), 'throttled')
    }
    const isGated = () => Array.from({ length: 50 }, () => core.router.accepts(peer(0), core.now)).includes('control')
    expect([isGated(), core.beat(400) && isGated()]).toEqual([true, false])
  })

  it('forgets an address six hours after its last peer', () => {
    gater.addPeer('a', '1.2.3.4')
    for (let i = 0; i < 100; i++) gater.reject('a')
    gater.removePeer('a', now)
    now += 6 * 3_600_000 + 1
    gater.decay(now)
    gater.addPeer('a', '1.2.3.4')
    overload()
    expect(accepted('a')).toBe(1000)
  })

  it('weighs topics as it is told', () => {
    gater = new PeerGater({ ...params, topicDeliveryWeights: { precious: 100 } }, new SeededRandom(1))
    gater.addPeer('a', '1.2.3.4')
    gater.addPeer('b', '1.2.3.5')
    gater.deliver('a', 'precious')
    gater.deliver('b', 'cheap')
    for (const of of ['a', 'b']) for (let i = 0; i < 4; i++) gater.reject(of)
    overload()
    expect(accepted('a')).toBeGreaterThan(550)
    expect(accepted('b')).toBeLessThan(100)
  })

  it('leaves control messages alone', () => {
    const core = new Core({ peerGater: peerGater() })
    core.join()
    core.up(0, { topics: [TOPIC], ips: ['1.2.3.4'] })
    for (let i = 0; i < 50; i++) {
      core.receive(0, message(`rejected ${i}`), 'reject')
      core.receive(0, message(`throttled ${i}`), 'throttled')
    }
    core.router.state.scores.addPenalty(peer(0), 0)
    const answers = new Set(Array.from({ length: 200 }, () => core.router.accepts(peer(0), core.now)))
    expect(answers).toContain('control')
    expect(answers).not.toContain('none')
  })
})
