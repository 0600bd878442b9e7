import { describe, expect, it } from 'vitest'
import { identity } from '../src/index.ts'

describe('identity', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(identity(1).peerId.toString()).toBe(identity(1).peerId.toString())
    expect(identity(1).peerId.toString()).not.toBe(identity(2).peerId.toString())
    expect(identity('alice').peerId.toString()).toMatch(/^12D3KooW/)
  })

  it('can sign, and its peer id knows the key', async () => {
    const { privateKey, peerId } = identity('alice')
    const message = Uint8Array.of(1, 2, 3)
    expect(await peerId.publicKey.verify(message, await privateKey.sign(message))).toBe(true)
  })
})
