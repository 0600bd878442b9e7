/** https://github.com/libp2p/specs/tree/master/pubsub/gossipsub */
export const GOSSIPSUB_1_0 = '/meshsub/1.0.0'
export const GOSSIPSUB_1_1 = '/meshsub/1.1.0'
export const GOSSIPSUB_1_2 = '/meshsub/1.2.0'
export const GOSSIPSUB_1_3 = '/meshsub/1.3.0'
export const FLOODSUB = '/floodsub/1.0.0'

/** Best first. */
export const GOSSIPSUB_PROTOCOLS: readonly string[] = [GOSSIPSUB_1_3, GOSSIPSUB_1_2, GOSSIPSUB_1_1, GOSSIPSUB_1_0]

/** What a peer understands. */
export interface Features {
  /** Control messages at all: all but floodsub. */
  readonly mesh: boolean
  /** PRUNEs with a backoff and peers, from 1.1 on. */
  readonly peerExchange: boolean
  /** IDONTWANT, from 1.2 on. */
  readonly idontwant: boolean
  /** Extensions, from 1.3 on. */
  readonly extensions: boolean
}

/** Of an unknown protocol, which the user has configured: what 1.1 has. */
export function featuresOf(protocol: string): Features {
  if (protocol === FLOODSUB) return { mesh: false, peerExchange: false, idontwant: false, extensions: false }
  const known = GOSSIPSUB_PROTOCOLS.indexOf(protocol)
  const age = known < 0 ? GOSSIPSUB_PROTOCOLS.indexOf(GOSSIPSUB_1_1) : known
  return { mesh: true, peerExchange: age <= 2, idontwant: age <= 1, extensions: age === 0 }
}
