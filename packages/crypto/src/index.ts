export { type Aead, createAead } from './aead.ts'
export { CryptoError, type CryptoErrorCode } from './errors.ts'
