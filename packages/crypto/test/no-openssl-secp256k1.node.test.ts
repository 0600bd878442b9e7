import type { PublicKeyInput } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { invalidKeyTests } from './suite/invalid-keys.ts'
import { keyPairTests } from './suite/key-pairs.ts'
import { signatureTests } from './suite/signatures.ts'

/** The curve's, in DER. */
const OBJECT_ID = Buffer.from('06052b8104000a', 'hex')

// As under Bun.
vi.mock('node:crypto', async original => {
  const real = await original<typeof import('node:crypto')>()
  const getCurves = (): string[] => real.getCurves().filter(name => name !== 'secp256k1')
  const createECDH = (name: string) => {
    if (name === 'secp256k1') throw new Error('unknown curve')
    return real.createECDH(name)
  }
  const createPublicKey = (input: PublicKeyInput) => {
    if (Buffer.isBuffer(input.key) && input.key.includes(OBJECT_ID)) throw new Error('unknown curve')
    return real.createPublicKey(input)
  }
  return { ...real, getCurves, createECDH, createPublicKey }
})

describe('where node:crypto has no secp256k1', () => {
  it('is given no such curve', async () => {
    const { createECDH } = await import('node:crypto')
    expect(() => createECDH('secp256k1')).toThrow('unknown curve')
  })

  describe('keys', keyPairTests)
  describe('invalid keys', invalidKeyTests)
  describe('signatures', signatureTests)
})
