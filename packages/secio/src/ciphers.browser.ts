import { ctr } from '@noble/ciphers/aes.js'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import { hmac as nobleHmac } from '@noble/hashes/hmac.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { COORDINATE_BYTES } from './algorithms.ts'
import type { Ciphers } from './ciphers.ts'

const CURVES = { 'P-256': p256, 'P-384': p384, 'P-521': p521 } as const
const HASHES = { SHA256: sha256, SHA512: sha512 } as const
const BLOCK_BYTES = 16

export const createEphemeral: Ciphers['createEphemeral'] = (exchange, privateKey) => {
  const curve = CURVES[exchange]
  const scalar = privateKey ?? curve.utils.randomSecretKey()
  return {
    publicKey: curve.getPublicKey(scalar, false),
    sharedX: remote => curve.getSharedSecret(scalar, remote, false).subarray(1, 1 + COORDINATE_BYTES[exchange])
  }
}

export const createCtr: Ciphers['createCtr'] = (key, iv) => {
  const counter = iv.slice()
  let used = 0
  return {
    apply(chunk) {
      // The library starts on whole blocks: what was used of the first one falls on padding, which is not handed out.
      const work = new Uint8Array(used + chunk.byteLength)
      work.set(chunk, used)
      const out = ctr(key, counter).encrypt(work)
      add(counter, Math.floor(work.byteLength / BLOCK_BYTES))
      const result = out.subarray(used)
      used = work.byteLength % BLOCK_BYTES
      return result
    }
  }
}

export const hmac: Ciphers['hmac'] = (hash, key, chunks) => {
  const mac = nobleHmac.create(HASHES[hash], key)
  for (const chunk of chunks) mac.update(chunk)
  return mac.digest()
}

/** Adds to a big-endian counter, which goes round at its end. */
function add(counter: Uint8Array, blocks: number): void {
  let carry = blocks
  for (let i = counter.byteLength - 1; i >= 0 && carry > 0; i--) {
    carry += counter[i] as number
    counter[i] = carry % 0x100
    carry = Math.floor(carry / 0x100)
  }
}
