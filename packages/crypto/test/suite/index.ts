import { describe } from 'vitest'
import { aeadTests } from './aead.ts'
import { invalidKeyTests } from './invalid-keys.ts'
import { keyPairTests } from './key-pairs.ts'
import { primitiveTests } from './primitives.ts'
import { signatureTests } from './signatures.ts'

/** All that both backends must do alike. The importing file decides which of them `src` gets. */
export function backendTests(): void {
  describe('hashes and agreement', primitiveTests)
  describe('AEAD', aeadTests)
  describe('keys', keyPairTests)
  describe('invalid keys', invalidKeyTests)
  describe('signatures', signatureTests)
}
