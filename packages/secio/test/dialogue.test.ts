import { concat, toUtf8 } from '@ts-libp2p/bytes'
import { publicKeyToProtobuf } from '@ts-libp2p/crypto'
import { identity, Play, SeededRandom } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { ALL, type Preferences } from '../src/algorithms.ts'
import { SealingBox } from '../src/box.ts'
import { createEphemeral } from '../src/ciphers.ts'
import { type HandshakeOptions, type HandshakeResult, handshake, lengthIn } from '../src/dialogue.ts'
import { MAX_HANDSHAKE_BYTES, stretch } from '../src/index.ts'
import { Exchange, Propose } from '../src/pb/secio.js'
import { agree, createProposal, preferredSide, readProposal } from '../src/proposal.ts'
import { trimmed } from '../src/stretch.ts'
import { converse } from './converse.ts'

const random = new SeededRandom('secio')
const alice = identity('alice')
const bob = identity('bob')
const eve = identity('eve')

const side = (who: typeof alice, options: Partial<HandshakeOptions> = {}): Play<HandshakeResult> =>
  new Play(handshake({ privateKey: who.privateKey, nonce: random.bytes(16), ...options }))

const refusal = (code: string) => expect.objectContaining({ name: 'SecioError', code })

function framed(message: Uint8Array): Uint8Array {
  const header = new Uint8Array(4)
  new DataView(header.buffer).setUint32(0, message.byteLength)
  return concat([header, message])
}

/** Whether each of two boxes reads what the other wrote. */
function talk(from: HandshakeResult, to: HandshakeResult, text: string): string {
  const out: Uint8Array[] = []
  from.send.sealTo(out, [new TextEncoder().encode(text)], text.length)
  const frame = concat(out)
  expect(lengthIn(frame)).toBe(frame.byteLength - 4)
  return toUtf8(to.receive.open(frame.subarray(4)))
}

describe('the handshake', () => {
  const suites: Preferences[] = ALL.exchanges.flatMap(exchange =>
    ALL.ciphers.flatMap(cipher =>
      ALL.hashes.map(hash => ({ exchanges: [exchange], ciphers: [cipher], hashes: [hash] }) as Preferences)
    )
  )

  it.each(suites)('works with $exchanges, $ciphers and $hashes', preferences => {
    const [a, b] = [side(alice, { preferences }), side(bob, { preferences })]
    converse(a, b)
    expect([a.value.remotePeer.toString(), b.value.remotePeer.toString()]).toEqual([`${bob.peerId}`, `${alice.peerId}`])
    for (const text of ['one', 'two']) {
      expect(talk(a.value, b.value, text)).toBe(text)
      expect(talk(b.value, a.value, text)).toBe(text)
    }
  })

  it("takes the preferred side's order, and both sides know which that is", () => {
    const reversed: Preferences = {
      exchanges: [...ALL.exchanges].reverse(),
      ciphers: [...ALL.ciphers].reverse(),
      hashes: [...ALL.hashes].reverse()
    }
    const suitesSeen = new Set<string>()
    for (let i = 0; i < 20; i++) {
      const [a, b] = [side(alice), side(bob, { preferences: reversed })]
      converse(a, b)
      expect(a.value.suite).toEqual(b.value.suite)
      suitesSeen.add(JSON.stringify(a.value.suite))
    }
    expect([...suitesSeen].sort()).toEqual([
      '{"exchange":"P-256","cipher":"AES-256","hash":"SHA256"}',
      '{"exchange":"P-521","cipher":"AES-128","hash":"SHA512"}'
    ])
  })

  it('sends its proposal at once, in the form of the spec', () => {
    const nonce = random.bytes(16)
    const said = side(alice, { nonce }).said()
    expect(lengthIn(said)).toBe(said.byteLength - 4)
    expect(Propose.decode(said.subarray(4))).toMatchObject({
      rand: nonce,
      pubkey: publicKeyToProtobuf(alice.privateKey.publicKey),
      exchanges: 'P-256,P-384,P-521',
      ciphers: 'AES-256,AES-128',
      hashes: 'SHA256,SHA512'
    })
  })

  it('skips what it does not know in a list', () => {
    const own = createProposal(random.bytes(16), new Uint8Array(1), ALL)
    const remote = { ...own, exchanges: ['Curve25519', 'P-384'], ciphers: ['Blowfish', 'AES-128'], hashes: ['SHA512'] }
    const expected = { exchange: 'P-384', cipher: 'AES-128', hash: 'SHA512' }
    expect(agree(own, remote)).toEqual(expected)
    expect(agree(remote, own)).toEqual(expected)
  })
})

describe('the handshake refuses', () => {
  /** Bob's handshake, fed these bytes. */
  const fed = (...messages: Uint8Array[]) => {
    const b = side(bob)
    for (const message of messages) b.feed(framed(message))
    return b
  }
  const proposal = (changes: object = {}): Uint8Array =>
    Propose.encode({
      rand: new Uint8Array(16).fill(7),
      pubkey: publicKeyToProtobuf(eve.privateKey.publicKey),
      exchanges: 'P-256',
      ciphers: 'AES-128',
      hashes: 'SHA256',
      ...changes
    }).finish()

  it.each<[string, string, Uint8Array]>([
    ['an empty one', 'malformed-proposal', new Uint8Array(0)],
    ['no protobuf', 'malformed-proposal', Uint8Array.of(255, 255, 255)],
    ['no nonce', 'malformed-proposal', proposal({ rand: undefined })],
    ['a short nonce', 'malformed-proposal', proposal({ rand: new Uint8Array(15) })],
    ['a long nonce', 'malformed-proposal', proposal({ rand: new Uint8Array(17) })],
    ['no key', 'malformed-proposal', proposal({ pubkey: undefined })],
    ['a key that is none', 'malformed-proposal', proposal({ pubkey: Uint8Array.of(1, 2, 3) })],
    ['no exchange in common', 'no-common-algorithm', proposal({ exchanges: 'P-224' })],
    ['no cipher in common', 'no-common-algorithm', proposal({ ciphers: 'Blowfish' })],
    ['no hash in common', 'no-common-algorithm', proposal({ hashes: '' })]
  ])('a proposal: %s', (_, code, message) => {
    expect(() => fed(message).value).toThrow(refusal(code))
  })

  it('another peer than expected, before it tells what it would sign', () => {
    const [a, b] = [side(alice, { expected: bob.peerId }), side(eve)]
    a.said()
    expect(a.feed(b.said()).byteLength).toBe(0)
    expect(() => a.value).toThrow(expect.objectContaining({ name: 'UnexpectedPeerError' }))
  })

  it('itself', () => {
    const a = side(alice)
    a.feed(a.said())
    expect(() => a.value).toThrow(refusal('self-dial'))
    const own = createProposal(new Uint8Array(16), publicKeyToProtobuf(bob.privateKey.publicKey), ALL)
    expect(() => preferredSide(own, own)).toThrow(refusal('self-dial'))
  })

  it.each<[string, string, Uint8Array]>([
    ['an empty one', 'malformed-exchange', new Uint8Array(0)],
    ['no protobuf', 'malformed-exchange', Uint8Array.of(255, 255, 255)],
    ['no signature', 'malformed-exchange', Exchange.encode({ epubkey: new Uint8Array(65) }).finish()],
    ['no key', 'malformed-exchange', Exchange.encode({ signature: new Uint8Array(64) }).finish()],
    [
      'a signature of nobody',
      'invalid-signature',
      Exchange.encode({ epubkey: new Uint8Array(65), signature: new Uint8Array(64) }).finish()
    ]
  ])('an exchange: %s', (_, code, message) => {
    expect(() => fed(proposal(), message).value).toThrow(refusal(code))
  })

  it.each([
    ['off the curve', Uint8Array.of(4, ...new Uint8Array(64).fill(1))],
    ['compressed', Uint8Array.of(2, ...new Uint8Array(32).fill(1))],
    ['of one byte', Uint8Array.of(4)],
    ['of another curve', Uint8Array.of(4, ...new Uint8Array(96).fill(1))]
  ])('an ephemeral key %s, though it is signed', async (_, epubkey) => {
    const b = side(bob)
    const own = proposal()
    const bobs = b.said().subarray(4)
    b.feed(framed(own))
    const signature = await eve.privateKey.sign(concat([own, bobs, epubkey]))
    b.feed(framed(Exchange.encode({ epubkey, signature }).finish()))
    expect(() => b.value).toThrow(refusal('invalid-key'))
  })

  it.each([
    ['its own', true],
    ['another', false]
  ])('any nonce but its own in the first sealed message (%s)', async (_, isOwn) => {
    const b = side(bob)
    const mine = createProposal(random.bytes(16), publicKeyToProtobuf(eve.privateKey.publicKey), ALL)
    const bobs = readProposal(b.said().subarray(4))
    const ephemeral = createEphemeral('P-256')
    const signature = await eve.privateKey.sign(concat([mine.bytes, bobs.bytes, ephemeral.publicKey]))
    const answer = b.feed(framed(mine.bytes))
    b.feed(framed(Exchange.encode({ epubkey: ephemeral.publicKey, signature }).finish()))
    const { epubkey } = Exchange.decode(answer.subarray(4, 4 + lengthIn(answer)))
    const keys = stretch('AES-256', 'SHA256', trimmed(ephemeral.sharedX(epubkey as Uint8Array)))
    const out: Uint8Array[] = []
    const box = new SealingBox(keys[preferredSide(mine, bobs) === 'own' ? 0 : 1], 'SHA256')
    box.sealTo(out, [isOwn ? bobs.nonce : mine.nonce], 16)
    b.feed(concat(out))
    if (isOwn) expect(b.value.remotePeer.toString()).toBe(eve.peerId.toString())
    else expect(() => b.value).toThrow(refusal('wrong-nonce'))
  })

  it('a proposal that was changed on its way', () => {
    const [a, b] = [side(alice), side(bob)]
    converse(a, b, (bytes, turn) => {
      if (turn !== 0) return bytes
      const message = Propose.decode(bytes.subarray(4))
      return framed(Propose.encode({ ...message, rand: random.bytes(16) }).finish())
    })
    expect(() => b.value).toThrow(refusal('invalid-signature'))
  })

  it('a message that is too large, as soon as its length is there', () => {
    const b = side(bob)
    b.feed(framed(new Uint8Array(MAX_HANDSHAKE_BYTES + 1)).subarray(0, 4))
    expect(() => b.value).toThrow(refusal('frame-too-large'))
  })

  it('a last message that was changed', () => {
    const [a, b] = [side(alice), side(bob)]
    converse(a, b, (bytes, turn) => {
      if (turn !== 2) return bytes
      const changed = bytes.slice()
      changed[5] = (changed[5] as number) ^ 1
      return changed
    })
    expect(() => b.value).toThrow(refusal('authentication-failed'))
  })
})
