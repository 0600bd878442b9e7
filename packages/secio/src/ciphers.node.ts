import { createCipheriv, createECDH, createHmac } from 'node:crypto'
import type { Ciphers } from './ciphers.ts'

const CURVES = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' } as const

export const createEphemeral: Ciphers['createEphemeral'] = (exchange, privateKey) => {
  const key = createECDH(CURVES[exchange])
  if (privateKey === undefined) key.generateKeys()
  else key.setPrivateKey(privateKey)
  return { publicKey: plain(key.getPublicKey()), sharedX: remote => plain(key.computeSecret(remote)) }
}

export const createCtr: Ciphers['createCtr'] = (key, iv) => {
  const cipher = createCipheriv(key.byteLength === 16 ? 'aes-128-ctr' : 'aes-256-ctr', key, iv)
  return { apply: chunk => plain(cipher.update(chunk)) }
}

export const hmac: Ciphers['hmac'] = (hash, key, chunks) => {
  const mac = createHmac(hash, key)
  for (const chunk of chunks) mac.update(chunk)
  return plain(mac.digest())
}

function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
