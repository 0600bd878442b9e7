/** Bytes of a namespace. Source: libp2p/specs rendezvous. */
export const MAX_NAMESPACE_BYTES = 255

/** Seconds that a registration lasts when nobody says how long. Source: libp2p/specs rendezvous: 2 hours. */
export const DEFAULT_TTL_SECONDS: number = 2 * 3600

/** Seconds; less is refused. As rust-libp2p has it. */
export const MIN_TTL_SECONDS: number = 2 * 3600

/** Seconds; more is refused. Source: libp2p/specs rendezvous: 72 hours. */
export const MAX_TTL_SECONDS: number = 72 * 3600

/** Bytes of a signed peer record. An RSA key with 40 addresses takes about 2.5 KiB. */
export const MAX_RECORD_BYTES: number = 4 * 1024

/** Bytes of a request: a record, a namespace and what is around them. */
export const MAX_REQUEST_BYTES: number = 8 * 1024

/** Bytes of an answer: rust-libp2p refuses more than 1 MiB. */
export const MAX_RESPONSE_BYTES: number = 1024 * 1024

/** Registrations in one answer, whatever was asked for. As go-libp2p-rendezvous has it. */
export const MAX_DISCOVER_LIMIT = 1000

/** Namespaces that one peer may be registered in. As rust-libp2p has it since its advisory GHSA-cqfx-gf56-8x59. */
export const MAX_REGISTRATIONS_PER_PEER = 32

/** Registrations in one namespace: one application cannot take the place of all others. */
export const MAX_REGISTRATIONS_PER_NAMESPACE = 2000

/** Registrations in all: about 45 MiB in the worst case, 5 MiB of usual ones. */
export const MAX_REGISTRATIONS = 10_000

/** Milliseconds between sweeps for what has expired. Nothing expired is given out before either. */
export const SWEEP_INTERVAL_MS: number = 10 * 60_000

/** Streams that a peer may open to a server on one connection. */
export const MAX_INBOUND_STREAMS = 8

/** Requests on one stream. Clients send one each. */
export const MAX_REQUESTS_PER_STREAM = 64

/** Milliseconds that a stream may stay silent. */
export const INBOUND_IDLE_MS = 30_000

/** Milliseconds that a request may take, dialling included. */
export const REQUEST_TIMEOUT_MS = 15_000

/** Milliseconds between two looks at a namespace. */
export const DISCOVER_INTERVAL_MS = 60_000

/** Pages that one look at a namespace takes: 64,000 registrations. */
export const MAX_PAGES = 64

/** Points, and namespaces, that a client may be told of: each pair is a loop of its own. */
export const MAX_POINTS = 16
export const MAX_NAMESPACES = 32

/** Milliseconds before what failed is tried again, at first and at most. */
export const FIRST_RETRY_MS = 5000
export const MAX_RETRY_MS: number = 10 * 60_000

/** Milliseconds that we wait, after an address of ours changed, for others to change with it. */
export const ADDRESS_SETTLE_MS = 1000

/** Milliseconds to say farewell in. */
export const UNREGISTER_TIMEOUT_MS = 1000
