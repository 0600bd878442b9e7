/**
 * The contracts of the stack. They are structurally those of the js-libp2p ecosystem's `@libp2p/interface` 3.x, so
 * that modules of either drop into the other, plus the `Node` that our services see. Types, brand symbols and the
 * error base only: importing it pulls in nothing else.
 */
export * from './connection.ts'
export * from './errors.ts'
export * from './events.ts'
export * from './gater.ts'
export * from './keys.ts'
export * from './libp2p.ts'
export * from './metrics.ts'
export * from './multiaddr.ts'
export * from './muxer.ts'
export * from './node.ts'
export * from './peer-id.ts'
export * from './peer-store.ts'
export * from './platform.ts'
export * from './protocol.ts'
export * from './record.ts'
export * from './routing.ts'
export * from './security.ts'
export * from './startable.ts'
export * from './stream.ts'
export * from './transport.ts'
