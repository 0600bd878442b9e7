/** What we call ourselves unless told otherwise. */
export const AGENT_VERSION = 'ts-libp2p/0.1.0'

/** The family of protocols we belong to; every implementation says the same. */
export const PROTOCOL_VERSION = 'ipfs/0.1.0'
