/** Every bound of the swarm, with its reason. All can be set through `SwarmOptions.limits`. */
export interface SwarmLimits {
  /** Connections, both directions, above which the least valuable are closed. Default 512. js-libp2p: 300. */
  maxConnections: number
  /** Pruning closes connections until this many are left. Default 80 % of `maxConnections`: no thrashing at the edge. */
  lowWaterConnections: number
  /** Connections to one peer; the oldest goes when another comes. Default 4. go-libp2p: 8. */
  maxConnectionsPerPeer: number
  /** Milliseconds that a connection is left alone by pruning, to show what it is good for. Default 20 s. go-libp2p: 1 min. */
  pruneGraceMs: number
  /** Inbound connections whose handshake is under way. The host with most of them loses its oldest. Default 128. */
  maxInboundPending: number
  /** Inbound connections a second from one host, on average. Default 64. js-libp2p: 5. */
  inboundPerHostPerSecond: number
  /** Inbound connections at once from one host. Default 256: a restarted network behind one NAT comes back at once. */
  inboundPerHostBurst: number
  /** Hosts whose rate is remembered. Default 4,096; the one longest quiet is forgotten. */
  maxTrackedHosts: number
  /** Milliseconds for an inbound connection to become a secured, multiplexed one. Default 10 s. */
  inboundUpgradeTimeoutMs: number
  /** Milliseconds for a dial, all its addresses together. Default 15 s, as go-libp2p. */
  dialTimeoutMs: number
  /** Milliseconds for one address. Default 6 s, as js-libp2p. */
  addressTimeoutMs: number
  /** Milliseconds for a protocol to be negotiated on a stream. Default 10 s. */
  protocolTimeoutMs: number
  /** Dials that may be under way or wait. Default 512. */
  maxPendingDials: number
  /** Addresses that are tried at once, all dials together. Default 128: each holds a socket. go-libp2p: 160. */
  maxParallelAttempts: number
  /** Addresses of one peer that are tried at once. Default 8, as go-libp2p. */
  maxParallelAttemptsPerDial: number
  /** Addresses of one peer that are considered at all, resolved ones included. Default 64. js-libp2p: 25. */
  maxAddressesPerDial: number
  /** Addresses whose failures are remembered. Default 8,192. */
  maxBackoffEntries: number
  /** Milliseconds that connections have to send what is left and close in good order before they are cut. Default 1 s. */
  closeTimeoutMs: number
  /** Inbound streams of one protocol on one connection, unless the handler says otherwise. Default 256. */
  maxInboundStreamsPerProtocol: number
  /** The same outbound. Default 256. */
  maxOutboundStreamsPerProtocol: number
}

export const DEFAULT_LIMITS: Readonly<SwarmLimits> = {
  maxConnections: 512,
  lowWaterConnections: 410,
  maxConnectionsPerPeer: 4,
  pruneGraceMs: 20_000,
  maxInboundPending: 128,
  inboundPerHostPerSecond: 64,
  inboundPerHostBurst: 256,
  maxTrackedHosts: 4096,
  inboundUpgradeTimeoutMs: 10_000,
  dialTimeoutMs: 15_000,
  addressTimeoutMs: 6_000,
  protocolTimeoutMs: 10_000,
  maxPendingDials: 512,
  maxParallelAttempts: 128,
  maxParallelAttemptsPerDial: 8,
  maxAddressesPerDial: 64,
  maxBackoffEntries: 8192,
  closeTimeoutMs: 1_000,
  maxInboundStreamsPerProtocol: 256,
  maxOutboundStreamsPerProtocol: 256
}

/**
 * Connections of one host that are spared while they are young: a household. Without a bound one host could open new
 * ones until everybody else's, no longer young, were closed for it.
 */
export const MAX_YOUNG_PER_HOST = 8
