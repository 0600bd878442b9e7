export { asLibp2p } from './transport.ts'
