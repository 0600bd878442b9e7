/**
 * Private networks: everything that two nodes say to each other is encrypted with a key that all nodes of the network
 * share. It keeps others out and authenticates nobody: noise or TLS runs on top as ever.
 *
 * @example
 * const node = await createLibp2p({ connectionProtector: pnet({ psk: await readFile('swarm.key') }) })
 *
 * Spec: https://github.com/libp2p/specs/blob/master/pnet/Private-Networks-PSK-V1.md
 */
export { MULTISTREAM_START, type PnetChannelInit, pnetChannel } from './channel.ts'
export * from './errors.ts'
export * from './fingerprint.ts'
export * from './force.ts'
export { formatKey, generateKey, parseKey } from './key-file.ts'
export { Keystream } from './keystream.ts'
export * from './limits.ts'
export * from './pnet.ts'
