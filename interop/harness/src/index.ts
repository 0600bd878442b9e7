export * from './build/index.ts'
export * from './peers.ts'
export * from './remote-peer.ts'
export * from './test-protocols.ts'
