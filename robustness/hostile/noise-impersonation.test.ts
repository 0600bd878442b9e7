/**
 * A handshake in the name of another: its public key, and no signature, a wrong one, or one made for another purpose.
 *
 * rust-libp2p RUSTSEC-2019-0004 (signatures that were not checked), NethermindEth/dotnet-libp2p pull 192 and
 * paritytech/litep2p pull 278 (the same for Noise), go-libp2p GHSA-876p-8259-xjgg (CVE-2023-39533: RSA keys so large
 * that to check a signature takes minutes).
 */
import { concat, fromUtf8 } from '@ts-libp2p/bytes'
import type { PrivateKey, PublicKey } from '@ts-libp2p/interface'
import { type Identity, identity } from '@ts-libp2p/testing'
import { describe, expect, it } from 'vitest'
import { securedAttacker } from '../src/attacker.ts'
import { hugeRsaKey } from '../src/huge-rsa-key.ts'
import { type Scene, setScene } from '../src/scene.ts'

const victim = identity('whom they pretend to be')
const self = identity('who they are')

/** A key pair whose halves do not belong together. */
function forged(publicKey: PublicKey, sign: PrivateKey['sign']): PrivateKey {
  return { type: publicKey.type, publicKey, raw: new Uint8Array(64), equals: () => false, sign } as PrivateKey
}

/** Tries to connect as somebody, and waits until the node has had enough. */
async function attempt({ node }: Scene, who: Identity): Promise<void> {
  try {
    const { raw } = await securedAttacker(node, who)
    if (raw.status === 'open') await new Promise(resolve => raw.addEventListener('close', resolve))
  } catch (err) {
    // The node may hang up before our half of the handshake is through.
    expect(err).toBeInstanceOf(Error)
  }
}

describe('a handshake in the name of another', () => {
  it.each<[string, PrivateKey, string]>([
    [
      'without a signature',
      forged(victim.privateKey.publicKey, () => new Uint8Array(0)),
      'malformed-payload|invalid-signature'
    ],
    ['with a signature of zeros', forged(victim.privateKey.publicKey, () => new Uint8Array(64)), 'invalid-signature'],
    [
      'with a signature of its own',
      forged(victim.privateKey.publicKey, data => self.privateKey.sign(data)),
      'invalid-signature'
    ],
    [
      'with a signature made for something else',
      forged(victim.privateKey.publicKey, () =>
        victim.privateKey.sign(concat([fromUtf8('libp2p-peer-record'), new Uint8Array(32)]))
      ),
      'invalid-signature'
    ]
  ])('is refused: %s', async (_, privateKey, code) => {
    await using scene = await setScene()
    await scene.endure(() => attempt(scene, { privateKey, peerId: victim.peerId } as Identity))
    expect(Object.keys(scene.log.kinds).some(kind => new RegExp(`^NoiseError (${code})$`).test(kind))).toBe(true)
    expect(scene.node.getConnections(victim.peerId)).toEqual([])
  })
})

describe('a key whose signatures take minutes to check', () => {
  it.each<[string, PublicKey]>([
    ['a modulus of 32,768 bits', hugeRsaKey(32_768)],
    ['a modulus of 8,200 bits', hugeRsaKey(8200)],
    ['an exponent of 2,048 bits', hugeRsaKey(2048, new Uint8Array(256).fill(0x7f))]
  ])('is refused before anything is computed with it: %s', async (_, publicKey) => {
    await using scene = await setScene()
    const who = { privateKey: forged(publicKey, () => new Uint8Array(256)), peerId: self.peerId } as Identity
    await scene.endure(async () => {
      for (let i = 0; i < 5; i++) await attempt(scene, who)
    })
    expect(scene.log.count('NoiseError malformed-payload')).toBe(5)
    expect(scene.log.count('CryptoError unsupported-key') + scene.log.count('CryptoError invalid-key')).toBe(5)
  })
})
