// ---- what is asked for -----------------------------------------------------------------------------------------------

/** Peers in a bucket, peers that a lookup looks for, and peers in an answer. The spec's k. */
export const K = 20

/** Requests of a lookup under way at once, until it has converged. The spec's and go-libp2p's α. */
export const ALPHA = 10

/** The nearest peers that must have answered for a lookup to have converged. go-libp2p's resiliency β. */
export const BETA = 3

// ---- messages --------------------------------------------------------------------------------------------------------

/** Bytes of a request that we read: a value of 64 KiB, its key twice, and room. go-libp2p reads 4 MiB. */
export const MAX_REQUEST_BYTES: number = 72 * 1024

/** Bytes of an answer that we read: go-libp2p sends up to 4 MiB, when a key has thousands of providers. */
export const MAX_ANSWER_BYTES: number = 4 * 1024 * 1024

/** Bytes of an answer that we send, unless one record needs more. rust-libp2p refuses messages over 16 KiB. */
export const MAX_SENT_ANSWER_BYTES: number = 16 * 1024 - 4

/** Bytes of a key. go-libp2p allows 80 for provider keys; `/ipns/` and a peer id make 45. */
export const MAX_KEY_BYTES = 512

/** Bytes of a provider's key, a multihash of 64 bytes of digest and room. As go-libp2p. */
export const MAX_PROVIDER_KEY_BYTES = 80

/** Bytes of a value. An IPNS record has 10 KiB at most, a public key 4 KiB. */
export const MAX_VALUE_BYTES: number = 64 * 1024

/** Fields of a message: more providers than fit into an answer of go-libp2p, and an end for those that send crumbs. */
export const MAX_MESSAGE_FIELDS = 16_384

/** Closer peers of an answer that are read. k is 20; a network with a larger k has room. */
export const MAX_CLOSER_PEERS = 128

/** Providers of an answer that are read. */
export const MAX_PROVIDERS_READ = 4096

/** Addresses of one peer that are read. Honest peers have 2 to 40; go-libp2p takes all. */
export const MAX_ADDRS_READ = 64

/** Addresses of one peer that are kept and passed on. */
export const MAX_ADDRS = 32

/** Bytes of one address. WebTransport over a relay takes about 250. */
export const MAX_ADDR_BYTES = 1024

/** Bytes of a peer in an answer of ours: the nearest k must fit into 16 KiB with their best addresses. */
export const MAX_SENT_PEER_BYTES = 768

/** Peers whose wire form and parsed form are remembered, so that those met again and again are parsed once. */
export const MAX_REMEMBERED_CONTACTS = 4096

// ---- the routing table -----------------------------------------------------------------------------------------------

/** Peers of one IP group (IPv4 /16, IPv6 /32) in one bucket. As go-libp2p on the public network. */
export const MAX_PER_GROUP_IN_BUCKET = 2

/** Peers of one IP group in the table. As go-libp2p on the public network. */
export const MAX_PER_GROUP_IN_TABLE = 3

/** Requests in a row that a peer of the table may leave unanswered while others answer. */
export const MAX_FAILURES = 2

/** Milliseconds of silence after which a peer of a full bucket is asked whether it is still there. */
export const STALE_AFTER_MS: number = 5 * 60_000

/** Milliseconds that a newcomer waits for the peer in its place to be asked. */
export const PENDING_MS = 60_000

/** Peers that wait to show that they answer before they get into the table. */
export const MAX_NEWCOMERS = 1024

/** Newcomers that are asked at once. */
export const MAX_GREETINGS = 32

/** Milliseconds after which a newcomer is asked that left a lookup unanswered which has ended meanwhile. */
export const GREET_DELAY_MS = 2000

// ---- lookups ---------------------------------------------------------------------------------------------------------

/** Peers that a lookup keeps in view; the farthest go. A hundred answers of new peers. */
export const MAX_CANDIDATES = 1024

/** Peers of one network (IPv4 /24, IPv6 /48) among the nearest of a lookup, as long as there are others. */
export const MAX_PER_GROUP_IN_LOOKUP = 2

/**
 * Peers, as a share of k, that are expected in the region around a key of which everybody is asked. That all k nearest lie in
 * it happens by chance to 3 lookups of 1,000; ids that were made for the key do.
 */
export const REGION_SHARE = 0.5

/** Answers from such a region, as a multiple of k, after which its other peers are not asked. */
export const MAX_REGION_ANSWERS = 4

/** Milliseconds after which a request is given up, dialling included. The spec's query timeout. */
export const REQUEST_TIMEOUT_MS = 10_000

/** Milliseconds after which a peer that was never asked is held slow, until answers have taught what is usual. */
export const FIRST_PATIENCE_MS = 1500

/** Round trips that a dial takes: TCP's, and that of noise with the muxer in it. */
export const DIAL_ROUND_TRIPS = 2

/** The share of requests that nobody answers, as it is taken to be until the answers tell. */
export const FIRST_SILENCE = 0.2

/** However many are silent: beyond, a lookup would ask more than twice as many peers as it looks for. */
export const MAX_SILENCE = 0.5

/** A peer is never held slow before. A garbage collection at the other end takes as long. */
export const MIN_PATIENCE_MS = 150

/** A peer is always held slow after. */
export const MAX_PATIENCE_MS = 5000

/** Requests of one lookup that may be under way although their peers are held slow. */
export const MAX_SLOW = 40

/** Events that may wait for whoever reads a query; beyond, nobody else is asked until some are taken. */
export const MAX_QUEUED_EVENTS = 2048

/** Disjoint paths of one lookup. S/Kademlia finds no gain beyond 8. */
export const MAX_DISJOINT_PATHS = 20

// ---- streams ---------------------------------------------------------------------------------------------------------

/** Streams to one peer. More requests than that wait. */
export const MAX_STREAMS_PER_PEER = 8

/** Requests that wait for a stream to one peer. */
export const MAX_WAITING_PER_PEER = 256

/** Streams that a peer may have open to us on one connection. As js-libp2p and rust-libp2p. */
export const MAX_INBOUND_STREAMS = 32

/** Milliseconds that an unused stream is kept, and that an inbound one may be quiet. As go-libp2p. */
export const STREAM_IDLE_MS = 60_000

/** Unused streams kept, over all peers; beyond it the one unused longest is closed. */
export const MAX_KEPT_STREAMS = 512

/** Milliseconds that a remote has to close its end of a stream after we closed ours. */
export const CLOSE_TIMEOUT_MS = 5000

// ---- the size of the network -----------------------------------------------------------------------------------------

/** Lookups whose distances the estimate rests on. As go-libp2p. */
export const MAX_SIZE_SAMPLES = 150

/** Lookups without which there is no estimate. go-libp2p: 5. */
export const MIN_SIZE_SAMPLES = 5

/** Milliseconds for which a lookup's distances are counted. As go-libp2p. */
export const SIZE_SAMPLE_AGE_MS: number = 2 * 3600_000

// ---- records ---------------------------------------------------------------------------------------------------------

/** Milliseconds for which an announcement, or a value, is kept after it came. The spec, and the public network. */
export const RECORD_VALIDITY_MS: number = 48 * 3600_000

/** Announcements kept of other peers, about 400 bytes each. A server of the public network holds some 100,000. */
export const MAX_PROVIDER_RECORDS = 131_072

/** Providers of one key that are kept. An answer of 16 KiB holds about 120. */
export const MAX_PROVIDERS_PER_KEY = 256

/** Values kept of other peers. */
export const MAX_VALUE_RECORDS = 16_384

/** Bytes of all values and their keys. */
export const MAX_VALUES_BYTES: number = 32 * 1024 * 1024

/** Milliseconds between sweeps for what has expired. go-libp2p: 1 h. */
export const SWEEP_MS: number = 10 * 60_000

// ---- upkeep ----------------------------------------------------------------------------------------------------------

/** Milliseconds between lookups of our own id. As js-libp2p. */
export const SELF_QUERY_MS: number = 5 * 60_000

/** Milliseconds from the first peer to the first lookup of our own id: a few more peers are identified meanwhile. */
export const SELF_QUERY_DELAY_MS = 1000

/** Milliseconds between lookups in every bucket. The spec: 10 min. */
export const REFRESH_MS: number = 10 * 60_000

/** Buckets that are looked up in: beyond, peers are as rare as our neighbours, whom the lookup of our own id finds. As go-libp2p. */
export const MAX_REFRESHED_PREFIX = 15

/** Milliseconds that a query waits for the first peer. */
export const FIRST_PEER_WAIT_MS = 5000

/** Milliseconds for a whole query: what was found by then is the result. js-libp2p: 180 s. */
export const QUERY_TIMEOUT_MS = 60_000

/** The share of the nearest peers that an optimistic `provide` waits for. As go-libp2p. */
export const OPTIMISTIC_SHARE = 0.75

// ---- our own records -------------------------------------------------------------------------------------------------

/** Milliseconds after which what we provide, and values that we put, are announced again. As go-libp2p. */
export const REPROVIDE_MS: number = 22 * 3600_000

/** Looks at what is due, per interval of announcing: with 22 h one every 13 minutes. */
export const REPROVIDE_CHECKS = 100

/** The share of that time by which a key may be announced early, together with those around it. */
export const REPROVIDE_AHEAD = 0.25

/** Keys that are announced one by one at once, each with a lookup of its own. */
export const REPROVIDE_CONCURRENCY = 4

/** Keys of one region from which on exploring it costs fewer messages than a lookup for each. */
export const MIN_EXPLORED_KEYS = 8

/** Lookups to explore a region. One that is cut as it should be needs four to eight. */
export const MAX_EXPLORING_LOOKUPS = 64

/** Bytes of announcements that leave for a peer in one go: about 300. */
export const MAX_BATCH_BYTES: number = 64 * 1024

/** Contents that we provide, about 200 bytes each. */
export const MAX_OWN_KEYS = 1_000_000

/** Values that we put and keep alive. */
export const MAX_OWN_VALUES = 4096

// ---- the datastore ---------------------------------------------------------------------------------------------------

/** Milliseconds that changes wait to be written together. */
export const WRITE_DELAY_MS = 1000

/** Milliseconds after a failed write until it is tried again. */
export const WRITE_RETRY_MS = 30_000

/** Changes that wait to be written; beyond, the oldest are lost from disk, though not from memory. */
export const MAX_PENDING_WRITES = 65_536

/** Changes written in one batch. */
export const MAX_WRITE_BATCH = 1024

/** Milliseconds that the last changes have when the DHT stops. */
export const STOP_FLUSH_MS = 800

// ---- crawls ----------------------------------------------------------------------------------------------------------

/** Peers of a crawl that are asked at once. */
export const CRAWL_CONCURRENCY = 100

/** Peers that a crawl visits: ten times the public network. */
export const MAX_CRAWLED_PEERS = 200_000

/** Buckets that a peer is asked for: the last one that there are names for. */
export const MAX_CRAWLED_PREFIX = 15
