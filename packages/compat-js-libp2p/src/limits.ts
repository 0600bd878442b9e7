/** Observed addresses kept for services that ask for them, the latest. js-libp2p keeps 100. */
export const MAX_OBSERVED_ADDRESSES = 100
