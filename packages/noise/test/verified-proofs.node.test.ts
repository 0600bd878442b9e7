import { generateKeyPair, type X25519KeyPair, x25519KeyPair } from '@ts-libp2p/crypto'
import { Play } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import {
  type Credentials,
  createCredentials,
  initiator,
  MAX_VERIFIED_PROOFS,
  type Proof,
  responder,
  VerifiedProofs
} from '../src/index.ts'

const [alice, bob] = await Promise.all([generateKeyPair('Ed25519'), generateKeyPair('Ed25519')])
// Node makes them at once.
const newKey = (): X25519KeyPair => x25519KeyPair() as X25519KeyPair
const ofAlice = createCredentials(alice, newKey())
const ofBob = createCredentials(bob, newKey())

const proofOf = ({ staticKey, identityKey, signature }: Credentials): Proof => {
  return { staticKey: staticKey.publicKey, identityKey, signature: signature as Uint8Array }
}
const forged: Credentials = { ...ofBob, signature: (ofBob.signature as Uint8Array).with(5, 77) }

/** What Alice, who remembers these proofs, makes of a handshake with whoever has these credentials. */
function dial(credentials: Credentials, verifiedProofs: VerifiedProofs): Play<unknown> {
  const dialer = new Play(initiator({ credentials: ofAlice, verifiedProofs }))
  const listener = new Play(responder({ credentials }))
  listener.feed(dialer.feed(listener.feed(dialer.said())))
  return dialer
}

describe('proofs that held', () => {
  it('are remembered, and not verified again', () => {
    const proofs = new VerifiedProofs()
    expect(proofs.has(proofOf(ofBob))).toBe(false)
    expect(dial(ofBob, proofs).outcome).toHaveProperty('value')
    expect(proofs.has(proofOf(ofBob))).toBe(true)
    // Which shows in that a wrong one, once it is among them, would pass.
    proofs.add(proofOf(forged))
    expect(dial(forged, proofs).outcome).toHaveProperty('value')
  })

  it('say nothing for others: a forged signature is refused and not remembered', () => {
    const proofs = new VerifiedProofs()
    dial(ofBob, proofs)
    const other = createCredentials(bob, newKey())
    for (const credentials of [forged, { ...ofBob, staticKey: newKey() }, { ...other, staticKey: ofBob.staticKey }]) {
      expect(dial(credentials, proofs).outcome).toMatchObject({ error: { code: 'invalid-signature' } })
      expect(proofs.has(proofOf(credentials))).toBe(false)
    }
  })

  it('differ when a byte moves from the signature to the key', () => {
    const proofs = new VerifiedProofs()
    const [staticKey, a, b] = [new Uint8Array(32), Uint8Array.of(1, 2), Uint8Array.of(3)]
    proofs.add({ staticKey, identityKey: a, signature: b })
    expect(proofs.has({ staticKey, identityKey: a.subarray(0, 1), signature: Uint8Array.of(2, 3) })).toBe(false)
  })

  it(`are ${MAX_VERIFIED_PROOFS} at most: those not used for longest go`, () => {
    const proofs = new VerifiedProofs()
    const nth = (n: number): Proof => {
      return { staticKey: new Uint8Array(32).fill(n), identityKey: new Uint8Array(36), signature: new Uint8Array(64) }
    }
    for (let n = 0; n < MAX_VERIFIED_PROOFS; n++) proofs.add(nth(n))
    expect(proofs.has(nth(0))).toBe(true)
    proofs.add(nth(MAX_VERIFIED_PROOFS))
    expect([0, 1, 2, MAX_VERIFIED_PROOFS].map(n => proofs.has(nth(n)))).toEqual([true, false, true, true])
  })
})
