/** Bytes of one line, its newline included. go-multistream and js-libp2p: the same; rust-libp2p reads up to 16,383. */
export const MAX_LINE_BYTES = 1024

/** Protocols that a dialer may propose on one stream before it is refused. rust-libp2p: the same, go and js: unlimited. */
export const MAX_PROPOSALS = 1000

/** Times that a dialer may ask for the list: its answer is far longer than the question. Tools ask once. */
export const MAX_LISTINGS = 4

/** Names whose encoded lines are kept. A node handles some dozens; a peer may make a matcher accept any number. */
export const MAX_CACHED_LINES = 512
