/**
 * A network in virtual time: hosts, links, NATs, partitions and crashes, from one seed. Whole nodes run on it unchanged.
 *
 * @example
 * const world = simulate({ seed: 7, link: { latencyMs: 20, jitterMs: 5 } })
 * const run = (host: Host) => createLibp2p(host.options())
 * const [a, b] = [world.host({ run }), world.host({ run })]
 * await a.start()
 * const node = await b.start()
 * const connection = await world.until(node.dial(a.address))
 */
export type { Churn, ChurnOptions } from './churn.ts'
export type { CorePort, CoreShell, CoresOptions } from './core-port.ts'
export * from './cores.ts'
export * from './errors.ts'
export type { CrashKind, Host, HostOptions, NodeOptions } from './host.ts'
export * from './limits.ts'
export type { LinkModel, LinkOptions } from './links.ts'
export type { NatKind } from './nat.ts'
export type { Nat, NatOptions } from './nat-device.ts'
export * from './sessions.ts'
export type { RunLimit } from './time.ts'
export type { HostTransportOptions } from './transport.ts'
export * from './wide-area.ts'
export * from './world.ts'
