export { hashedKey } from './hashed-key.ts'
