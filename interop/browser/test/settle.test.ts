import { settle } from '@ts-libp2p/testing'
import { expect, it } from 'vitest'

const RSA = { name: 'RSA-PSS', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' }

/** Takes many turns of the event loop: a key of RSA, and what is asked once it is there. */
async function signature(): Promise<number> {
  const { privateKey } = await crypto.subtle.generateKey(RSA, false, ['sign'])
  const bytes = await crypto.subtle.sign({ name: 'RSA-PSS', saltLength: 32 }, privateKey, new Uint8Array(1))
  return bytes.byteLength
}

it('deferred work is done when WebCrypto has answered, and what was asked because of that', async () => {
  let length = 0
  void signature().then(bytes => {
    length = bytes
  })
  await settle()
  expect(length).toBe(256)
})

it('a refusal is an answer', async () => {
  let reason: unknown
  crypto.subtle.importKey('raw', new Uint8Array(3), 'X25519', true, []).catch(err => {
    reason = err
  })
  await settle()
  expect(reason).toBeInstanceOf(DOMException)
})
