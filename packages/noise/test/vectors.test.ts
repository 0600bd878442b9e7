import { fromHex, toHex } from '@ts-libp2p/bytes'
import { privateKeyFromProtobuf, type X25519KeyPair, x25519KeyPairFromPrivate } from '@ts-libp2p/crypto'
import { peerIdFromString } from '@ts-libp2p/peer-id'
import { Play } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import {
  type Credentials,
  createCredentials,
  type HandshakeOptions,
  HandshakeState,
  initiator,
  responder,
  type TransportCiphers
} from '../src/index.ts'
import { decodePayload, encodePayload, signedBytes } from '../src/payload.ts'
import vectors from './vectors/noise-xx.json' with { type: 'json' }

// Node makes them at once.
const key = (hex = ''): X25519KeyPair => x25519KeyPairFromPrivate(fromHex(hex)) as X25519KeyPair
const other = { initiator: 'responder', responder: 'initiator' } as const
type Side = keyof typeof other

describe('Noise_XX_25519_ChaChaPoly_SHA256', () => {
  it.each(vectors.cases.filter(c => c.kind === 'noise-xx'))('$id, byte for byte', c => {
    const prologue = fromHex(c.prologue)
    const state = {
      initiator: new HandshakeState({
        role: 'initiator',
        staticKey: key(c.init_static),
        ephemeralKey: key(c.init_ephemeral),
        prologue
      }),
      responder: new HandshakeState({
        role: 'responder',
        staticKey: key(c.resp_static),
        ephemeralKey: key(c.resp_ephemeral),
        prologue
      })
    }
    const messages = c.messages ?? []
    for (const { from, payload, ciphertext } of messages.slice(0, 3)) {
      const message = new Play(state[from as Side].write(fromHex(payload))).value
      expect(toHex(message)).toBe(ciphertext)
      expect(toHex(new Play(state[other[from as Side]].read(message)).value)).toBe(payload)
    }
    expect(state.initiator.remoteStatic).toEqual(key(c.resp_static).publicKey)
    expect(state.responder.remoteStatic).toEqual(key(c.init_static).publicKey)
    for (const side of Object.values(state)) expect(toHex(side.symmetric.handshakeHash)).toBe(c.handshake_hash)

    const ciphers = { initiator: state.initiator.split(), responder: state.responder.split() }
    for (const { from, payload, ciphertext } of messages.slice(3)) {
      const message = ciphers[from as Side].send.encrypt(fromHex(payload))
      expect(toHex(message)).toBe(ciphertext)
      expect(toHex(ciphers[other[from as Side]].receive.decrypt(message))).toBe(payload)
    }
  })
})

type Libp2pCase = (typeof vectors.cases)[number]

function options(c: Libp2pCase, side: 'init' | 'resp'): HandshakeOptions & { credentials: Credentials } {
  const { identityKey, signature, extensions } = decodePayload(fromHex(c[`${side}_payload`] ?? ''))
  return {
    credentials: { staticKey: key(c[`${side}_static`]), identityKey, signature },
    ephemeralKey: key(c[`${side}_ephemeral`]),
    prologue: fromHex(c.prologue),
    expected: peerIdFromString((side === 'init' ? c.resp_peer_id : c.init_peer_id) ?? ''),
    extensions
  }
}

describe('libp2p handshakes', () => {
  const cases = vectors.cases.filter(c => c.kind === 'libp2p-xx')

  it.each(cases.filter(c => c.expect === 'ok'))('$id, byte for byte', c => {
    const [frame1 = '', frame2 = '', frame3 = ''] = c.handshake_frames ?? []
    const dialer = new Play(initiator(options(c, 'init')))
    const listener = new Play(responder(options(c, 'resp')))
    expect(toHex(dialer.said())).toBe(frame1)
    expect(toHex(listener.feed(fromHex(frame1)))).toBe(frame2)
    expect(toHex(dialer.feed(fromHex(frame2)))).toBe(frame3)
    expect(toHex(listener.feed(fromHex(frame3)))).toBe('')

    for (const side of [dialer, listener]) expect(toHex(side.value.handshakeHash)).toBe(c.handshake_hash)
    expect(dialer.value.remotePeer.toString()).toBe(c.resp_peer_id)
    expect(listener.value.remotePeer.toString()).toBe(c.init_peer_id)
    expect(dialer.value.remoteExtensions.streamMuxers).toEqual(c.resp_stream_muxers ?? [])
    expect(listener.value.remoteExtensions.streamMuxers).toEqual(c.init_stream_muxers ?? [])

    const ciphers: Record<Side, TransportCiphers> = { initiator: dialer.value, responder: listener.value }
    for (const { frame, from, plaintext } of c.transport ?? []) {
      const message = ciphers[from as Side].send.encrypt(fromHex(plaintext))
      expect(toHex(message)).toBe(frame.slice(4))
      expect(toHex(ciphers[other[from as Side]].receive.decrypt(message))).toBe(plaintext)
    }
  })

  it.each(cases)('$id has payloads that are read and written alike', c => {
    for (const hex of [c.init_payload, c.resp_payload]) {
      expect(toHex(encodePayload(decodePayload(fromHex(hex ?? ''))))).toBe(hex)
    }
  })

  it.each(cases.filter(c => c.expect === 'ok'))('$id has credentials that we would make, or accept', async c => {
    for (const side of ['init', 'resp'] as const) {
      const privateKey = privateKeyFromProtobuf(fromHex(c[`${side}_identity_private_pb`] ?? ''))
      const staticKey = key(c[`${side}_static`])
      const { identityKey, signature } = decodePayload(fromHex(c[`${side}_payload`] ?? ''))
      const ours = createCredentials(privateKey, staticKey)
      expect(ours.identityKey).toEqual(identityKey)
      for (const made of [signature, await ours.signature]) {
        expect(await privateKey.publicKey.verify(signedBytes(staticKey.publicKey), made)).toBe(true)
      }
    }
  })

  it.each(cases.filter(c => c.reason === 'responder-signature'))('$id is refused before message 3', c => {
    const [frame1 = '', frame2 = ''] = c.handshake_frames ?? []
    const dialer = new Play(initiator(options(c, 'init')))
    expect(toHex(dialer.said())).toBe(frame1)
    expect(toHex(dialer.feed(fromHex(frame2)))).toBe('')
    expect(dialer.outcome).toMatchObject({ error: { name: 'NoiseError', code: 'invalid-signature' } })
  })

  it.each(cases.filter(c => c.reason === 'initiator-signature'))('$id is refused at message 3', c => {
    const [frame1 = '', frame2 = '', frame3 = ''] = c.handshake_frames ?? []
    const listener = new Play(responder(options(c, 'resp')))
    expect(toHex(listener.feed(fromHex(frame1)))).toBe(frame2)
    listener.feed(fromHex(frame3))
    expect(listener.outcome).toMatchObject({ error: { name: 'NoiseError', code: 'invalid-signature' } })
  })
})
