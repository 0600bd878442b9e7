/** Addresses that may listen in one network. Simulations run thousands of nodes; a leak of listeners shows long before. */
export const MAX_LISTENERS = 65_536

/** Inbound connections of one listener that may be under upgrade at once; further dials are refused. As a TCP backlog. */
export const MAX_PENDING_UPGRADES = 512

/** Bytes under way in one direction of a connection with latency. A 1 Gbit/s link of 8 ms; less than a stream holds unread. */
export const MAX_BYTES_IN_FLIGHT: number = 1024 * 1024

/** Bytes moved at once from one end to the other. One full yamux frame. */
export const MAX_CHUNK_BYTES: number = 64 * 1024

/** Dialling ends get addresses from here on, apart from what people type. */
export const FIRST_EPHEMERAL_ADDRESS: number = 2 ** 32
