/** Where multicast DNS lives. Source: RFC 6762 §3. */
export const MDNS_PORT = 5353
export const MDNS_GROUP_4 = '224.0.0.251'
export const MDNS_GROUP_6 = 'ff02::fb'

/** Bytes of a packet that is read. Source: RFC 6762 §17. */
export const MAX_PACKET_BYTES = 9000

/** Bytes of a packet that we send, where more than one record may be spread over several: no fragments on Ethernet. */
export const MAX_SENT_BYTES = 1400

/** Records, questions included, of a packet that is read. One with 20 peers of 5 addresses has about 60. */
export const MAX_RECORDS_PER_PACKET = 512

/** Bytes of one string in a TXT record. Source: RFC 1035 §3.3. */
export const MAX_TXT_BYTES = 255

/** Bytes of a label of a DNS name. Source: RFC 1035 §2.3.4. */
export const MAX_LABEL_BYTES = 63

/** Seconds for which others may remember what we say. js-libp2p 120, rust-libp2p 360. */
export const TTL_SECONDS = 120

/** Seconds for which we remember what others say, whatever they say. */
export const MAX_TTL_SECONDS = 3600

/** Milliseconds between our first two questions; doubled with each that follows. */
export const FIRST_QUERY_INTERVAL_MS = 1000

/** The longest between two questions. js-libp2p 10 s, rust-libp2p 5 min. */
export const QUERY_INTERVAL_MS = 60_000

/** Milliseconds that an answer is held back, at random: many would come at once otherwise. Source: RFC 6762 §6. */
export const MIN_ANSWER_DELAY_MS = 20
export const MAX_ANSWER_DELAY_MS = 120

/** Milliseconds between two answers on one network, whoever asks how often. Source: RFC 6762 §6. */
export const MIN_ANSWER_INTERVAL_MS = 1000

/** Milliseconds after which a peer that is still there is told of again: its addresses age in the peer store. */
export const RETELL_INTERVAL_MS: number = 5 * 60_000

/** Addresses of ours that are told. */
export const MAX_OWN_ADDRESSES = 16

/** Addresses that are taken of one peer. */
export const MAX_ADDRESSES_PER_PEER = 16

/** Peers that are remembered. */
export const MAX_PEERS = 1024

/** Of these so many may come from one machine; more are left out: one cannot crowd out the others. */
export const MAX_PEERS_PER_SOURCE = 64

/** Milliseconds that the place of a peer is kept after it has said farewell. */
export const LEFT_FOR_MS = 60_000

/** Our own questions that are recognised when a network sends them back. */
export const MAX_REMEMBERED_QUERIES = 64

/** Peers that may be looked for at the same time; questions for more are asked by turns. */
export const MAX_LOOKUPS = 256

/** Peers asked for in one packet. */
export const MAX_LOOKUPS_PER_QUERY = 8

/** Milliseconds that looking for a peer takes at most. */
export const LOOKUP_TIMEOUT_MS = 5000

/** Records, such as a record store's, that we answer for. */
export const MAX_OWN_RECORDS = 256

/** Bytes of such a record: one packet has to hold it, with its name and the lengths of its strings. */
export const MAX_RECORD_BYTES = 8000

/** Names of records that one answer gathers. */
export const MAX_RECORDS_PER_ANSWER = 32

/** Answers that may wait for whoever asked for records. */
export const MAX_QUEUED_RECORDS = 256

/** Milliseconds that a question for records is waited for: an answer may wait a second for the one before it. */
export const RECORD_WAIT_MS = 1500

/** Networks that we take part in, of both families together. */
export const MAX_NETWORKS = 32

/** Milliseconds between two looks at which networks there are. */
export const SCAN_INTERVAL_MS = 10_000
