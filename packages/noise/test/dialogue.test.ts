import { concat } from '@ts-libp2p/bytes'
import { generateKeyPair, type X25519KeyPair, x25519KeyPair } from '@ts-libp2p/crypto'
import { peerIdFromPrivateKey } from '@ts-libp2p/peer-id'
import { Play } from '@ts-libp2p/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCredentials, type HandshakeOptions, HandshakeState, initiator, responder } from '../src/index.ts'
import { encodePayload } from '../src/payload.ts'

const [alice, bob, carol] = await Promise.all([
  generateKeyPair('Ed25519'),
  generateKeyPair('Ed25519'),
  generateKeyPair('secp256k1')
])
// Node makes them at once.
const newKey = (): X25519KeyPair => x25519KeyPair() as X25519KeyPair
const ofAlice = { credentials: createCredentials(alice, newKey()) } satisfies HandshakeOptions
const ofBob = { credentials: createCredentials(bob, newKey()) } satisfies HandshakeOptions

function frame(message: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(message.byteLength >> 8, message.byteLength), message])
}

/** A responder that holds the protocol but says in message 2 whatever the test wants. */
function answer(message1: Uint8Array, payload: (state: HandshakeState) => Uint8Array): Uint8Array {
  const { staticKey } = ofBob.credentials
  const state = new HandshakeState({ role: 'responder', staticKey, ephemeralKey: newKey() })
  new Play(state.read(message1.subarray(2)))
  return frame(new Play(state.write(payload(state))).value)
}

describe('the handshake', () => {
  it('has the sizes that others have, so that a trace looks the same', () => {
    const dialer = new Play(initiator(ofAlice))
    const listener = new Play(responder(ofBob))
    const message1 = dialer.said()
    const message2 = listener.feed(message1)
    const message3 = dialer.feed(message2)
    listener.feed(message3)
    expect([message1, message2, message3].map(m => m.byteLength)).toEqual([2 + 32, 2 + 200, 2 + 168])
    expect(listener.value.handshakeHash).toEqual(dialer.value.handshakeHash)
  })

  it('uses a fresh ephemeral key each time', () => {
    expect(new Play(initiator(ofAlice)).said()).not.toEqual(new Play(initiator(ofAlice)).said())
  })

  it('works in chunks of any size', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(cuts, sizes => {
        const dialer = new Play(initiator(ofAlice))
        const listener = new Play(responder(ofBob))
        const inChunks = (to: Play<unknown>, bytes: Uint8Array): Uint8Array => {
          const said: Uint8Array[] = []
          for (let at = 0, i = 0; at < bytes.byteLength; i++) {
            const size = sizes[i % sizes.length] as number
            said.push(to.feed(bytes.subarray(at, at + size)))
            at += size
          }
          return concat(said)
        }
        inChunks(listener, inChunks(dialer, inChunks(listener, dialer.said())))
        expect(listener.value.handshakeHash).toEqual(dialer.value.handshakeHash)
      }),
      { numRuns: 20 }
    )
  })

  it('carries extensions both ways', () => {
    const dialer = new Play(initiator({ ...ofAlice, extensions: { streamMuxers: ['/a', '/b'] } }))
    const listener = new Play(
      responder({ ...ofBob, extensions: { webtransportCerthashes: [Uint8Array.of(0x12, 0x20, 1)] } })
    )
    listener.feed(dialer.feed(listener.feed(dialer.said())))
    expect(listener.value.remoteExtensions).toEqual({ streamMuxers: ['/a', '/b'], webtransportCerthashes: [] })
    expect(dialer.value.remoteExtensions).toEqual({
      streamMuxers: [],
      webtransportCerthashes: [Uint8Array.of(0x12, 0x20, 1)]
    })
  })
})

describe('the initiator tells nobody who it is', () => {
  it('but the peer that it expects', () => {
    const dialer = new Play(initiator({ ...ofAlice, expected: peerIdFromPrivateKey(carol) }))
    const listener = new Play(responder(ofBob))
    expect(dialer.feed(listener.feed(dialer.said()))).toHaveLength(0)
    expect(dialer.outcome).toMatchObject({ error: { name: 'UnexpectedPeerError' } })
    const { error } = dialer.outcome as { error: Error }
    expect(error.message).toContain(peerIdFromPrivateKey(bob).toString())
    expect(error.message).toContain(peerIdFromPrivateKey(carol).toString())
  })

  const none = { webtransportCerthashes: [], streamMuxers: [] }
  it.each([
    ['no payload', 'malformed-payload', () => new Uint8Array(0)],
    ['a payload that is no protobuf', 'malformed-payload', () => new Uint8Array(40).fill(0xff)],
    [
      'no signature',
      'malformed-payload',
      () => encodePayload({ ...ofBob.credentials, signature: undefined as never, extensions: none })
    ],
    [
      'a key that is none',
      'malformed-payload',
      () =>
        encodePayload({ identityKey: Uint8Array.of(8, 1, 18, 1, 0), signature: new Uint8Array(64), extensions: none })
    ],
    [
      'the signature of another static key',
      'invalid-signature',
      () => {
        const { identityKey, signature } = createCredentials(bob, newKey())
        return encodePayload({ identityKey, signature: signature as Uint8Array, extensions: none })
      }
    ],
    [
      'the credentials of somebody else',
      'invalid-signature',
      () => {
        const { identityKey, signature } = createCredentials(carol, newKey())
        return encodePayload({ identityKey, signature: signature as Uint8Array, extensions: none })
      }
    ]
  ])('that sends %s', (_, code, payload) => {
    const dialer = new Play(initiator(ofAlice))
    expect(dialer.feed(answer(dialer.said(), payload))).toHaveLength(0)
    expect(dialer.outcome).toMatchObject({ error: { name: 'NoiseError', code } })
  })
})

describe('messages that are wrong', () => {
  it('a fourth, or a key before its message', () => {
    const { staticKey } = ofAlice.credentials
    const [a, b] = (['initiator', 'responder'] as const).map(
      role => new HandshakeState({ role, staticKey, ephemeralKey: newKey() })
    ) as [HandshakeState, HandshakeState]
    const outOfTurn = expect.objectContaining({ name: 'NoiseError', code: 'out-of-turn' })
    expect(() => a.remoteStatic).toThrow(outOfTurn)
    const nothing = new Uint8Array(0)
    const pass = (from: HandshakeState, to: HandshakeState): Uint8Array =>
      new Play(to.read(new Play(from.write(nothing)).value)).value
    pass(a, b)
    pass(b, a)
    pass(a, b)
    expect(() => pass(a, b)).toThrow(outOfTurn)
  })

  it.each([
    ['empty', 'malformed-message', new Uint8Array(0)],
    ['too short for a key', 'malformed-message', new Uint8Array(31)]
  ])('message 1, %s', (_, code, message) => {
    const listener = new Play(responder(ofBob))
    expect(listener.feed(frame(message))).toHaveLength(0)
    expect(listener.outcome).toMatchObject({ error: { name: 'NoiseError', code } })
  })

  it('a key of small order gives no secret', () => {
    const listener = new Play(responder(ofBob))
    listener.feed(frame(new Uint8Array(32)))
    expect(listener.outcome).toMatchObject({ error: { name: 'NoiseError', code: 'invalid-key' } })
  })

  it('any changed bit of message 2 or 3 ends the handshake', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 169 }), fc.integer({ min: 0, max: 7 }), fc.boolean(), (at, bit, second) => {
        const flip = (bytes: Uint8Array): Uint8Array => {
          const out = bytes.slice()
          out[at] = (out[at] as number) ^ (1 << bit)
          return out
        }
        const dialer = new Play(initiator(ofAlice))
        const listener = new Play(responder(ofBob))
        const message2 = listener.feed(dialer.said())
        if (second) dialer.feed(flip(message2))
        else listener.feed(flip(dialer.feed(message2)))
        const { outcome } = second ? dialer : listener
        expect(outcome).toMatchObject({ error: { name: 'NoiseError' } })
      }),
      { numRuns: 50 }
    )
  })

  it('another prologue ends the handshake', () => {
    const dialer = new Play(initiator({ ...ofAlice, prologue: Uint8Array.of(1) }))
    const listener = new Play(responder({ ...ofBob, prologue: Uint8Array.of(2) }))
    dialer.feed(listener.feed(dialer.said()))
    expect(dialer.outcome).toMatchObject({ error: { name: 'NoiseError', code: 'decryption-failed' } })
  })

  it('whatever else comes, nothing but typed errors', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 4 }), messages => {
        for (const play of [new Play(initiator(ofAlice)), new Play(responder(ofBob))]) {
          for (const message of messages) play.feed(frame(message))
          if (play.outcome !== undefined) expect(play.outcome).toMatchObject({ error: { name: 'NoiseError' } })
        }
      }),
      { numRuns: 50 }
    )
  })
})
