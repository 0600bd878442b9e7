/** Bytes of one message that we send. rust-libp2p refuses more; go-libp2p sends no more either. */
export const MAX_SENT_MESSAGE_BYTES = 4096

/** Bytes of one message that we read. go-libp2p and js-libp2p: the same. */
export const MAX_READ_MESSAGE_BYTES = 8192

/** Messages of one answer, ours and theirs. go-libp2p and js-libp2p: the same. */
export const MAX_MESSAGES = 10

/** Bytes of the address where we see a peer; room for it is kept in the first message. Real ones take 8 to 40. */
export const MAX_OBSERVED_ADDR_BYTES = 256

/** Addresses of ours that we tell. A dial tries 25 at most; a record holds 500. */
export const MAX_OWN_ADDRS = 128

/** Bytes of one address, ours or theirs. Peer records have the same limit. */
export const MAX_ADDR_BYTES = 1024

/** Addresses of one peer that are taken from an answer. Honest peers have 2 to 40. */
export const MAX_LISTEN_ADDRS = 128

/** Protocols of one peer that are taken from an answer. Kubo, with everything on, has about 30. */
export const MAX_PROTOCOLS = 256

/** Characters of a protocol's name. A multistream line is 1 KiB at most. */
export const MAX_PROTOCOL_CHARS = 1024

/** Characters of an agent or protocol version that are kept. */
export const MAX_VERSION_CHARS = 256

/** Milliseconds for one exchange, the opening of the stream included. go-libp2p and js-libp2p: 5 s. */
export const IDENTIFY_TIMEOUT_MS = 5_000

/** Peers identified at once after their connections opened. */
export const MAX_CONCURRENT_IDENTIFY = 32

/** Connections that wait to be identified; beyond it a connection stays unidentified until somebody asks. */
export const MAX_WAITING_IDENTIFY = 1_024

/** Streams that a peer may have open to us on one connection to ask who we are. */
export const MAX_INBOUND_STREAMS = 2

/** Streams that a peer may have open to us on one connection to tell what changed. */
export const MAX_INBOUND_PUSH_STREAMS = 2

/** Milliseconds for which changes of our own are gathered before they are pushed. js-libp2p: 1 s. */
export const PUSH_DELAY_MS = 1_000

/** Peers that are told of a change at once. go-libp2p and js-libp2p: 32. */
export const MAX_CONCURRENT_PUSHES = 32

/** Peers that wait to be told of a change. Those beyond it are told of the next one. */
export const MAX_WAITING_PUSHES = 10_000

/** Pushes taken from one connection in a burst, and how often one more is, milliseconds. Senders wait about 1 s. */
export const PUSH_BURST = 16
export const PUSH_REFILL_MS = 1_000
