export { publicKeyOfSeed as publicKeyOfSeedSync } from './curve25519.noble.ts'
