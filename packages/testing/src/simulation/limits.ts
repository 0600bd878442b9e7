/** Bytes under way in one direction of a connection before the sender is held back. Linux allows TCP up to 4–6 MiB. */
export const DEFAULT_WINDOW_BYTES: number = 1024 * 1024

/** Bytes that leave at once where nothing limits the bandwidth. One full yamux frame. */
export const MAX_PASSAGE_BYTES: number = 64 * 1024

/** Bytes that leave at once where connections share a bandwidth: each gets its turn after that many. */
export const MAX_SHARED_PASSAGE_BYTES: number = 16 * 1024

/** Inbound connections of one listener that may be under upgrade at once; further dials are refused. As a TCP backlog. */
export const MAX_PENDING_UPGRADES = 512

/** Milliseconds after which a dial that nothing answers is tried again. RFC 6298: 1 s at first, then twice as long each time. */
export const FIRST_SYN_RETRY_MS = 1_000

/** Tries after the first. Linux: `tcp_syn_retries`, 6, which gives up after 127 s. */
export const MAX_SYN_RETRIES = 6

/** Milliseconds that bytes may wait for a network or host that is gone, before their connection is. Linux: `tcp_retries2`, 15, is 924.6 s. */
export const DEFAULT_GIVE_UP_MS = 924_600

/** Milliseconds that a stalled passage is late: the least retransmission timeout of Linux. */
export const DEFAULT_STALL_MS = 200

/** Where hosts listen unless told otherwise: the port that libp2p nodes use by custom. */
export const DEFAULT_PORT = 4001

/** Ports that the system gives out: the dynamic range of RFC 6335. */
export const FIRST_EPHEMERAL_PORT = 49_152
export const LAST_PORT = 65_535

/** Lines that the event log keeps. The fingerprint covers those that it dropped too. */
export const MAX_LOG_LINES = 100_000

/** Hosts of one world. A whole node takes a few hundred kilobytes. */
export const MAX_HOSTS = 100_000

/** Milliseconds of virtual time that a wait may take unless told otherwise. */
export const DEFAULT_LIMIT_MS = 600_000

/** Milliseconds that a NAT remembers a mapping that no connection uses. RFC 5382: at least 4 minutes while one is set up. */
export const NAT_KEEP_MS = 240_000

/** Cores of one simulation: what an index has room for where two of them make a key. */
export const MAX_CORES: number = 2 ** 20

/** Places that used something real which a run reports. */
export const MAX_REPORTED_LEAKS = 20

/** Milliseconds of coming and going before the beginning, at least: a month. Longer than all but one in 1,000 absences. */
export const WARM_UP_MS: number = 30 * 24 * 3_600_000

/** Last lines of the log that a failed simulation test shows. */
export const SHOWN_LOG_LINES = 30

/** Last arrivals from one core that are remembered before those that are over are forgotten. 10 KiB or so. */
export const FIRST_SWEEP = 256
