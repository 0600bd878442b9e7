import type { Libp2pOptions } from '@ts-libp2p/libp2p'
import { mplex } from '@ts-libp2p/mplex'
import { noise } from '@ts-libp2p/noise'
import { tls } from '@ts-libp2p/tls'
import { yamux } from '@ts-libp2p/yamux'
import type { MuxerName, SecurityName } from '../src/index.ts'

const TRANSPORTS = ['tcp', 'ws'] as const

type TransportName = (typeof TRANSPORTS)[number]

export const SECURITY = {
  noise: { id: '/noise', factory: noise() },
  tls: { id: '/tls/1.0.0', factory: tls() }
} as const satisfies Record<SecurityName, object>

export const MUXERS = {
  yamux: { id: '/yamux/1.0.0', factory: yamux() },
  // Mplex has no flow control: what is echoed slower than it comes must find room.
  mplex: { id: '/mplex/6.7.0', factory: mplex({ streamOptions: { maxReadBufferLength: 16 * 1024 * 1024 } }) }
} as const satisfies Record<MuxerName, object>

export interface Combination {
  security: SecurityName
  muxer: MuxerName
  transport: TransportName
}

/** Everything that a peer can speak with everything else that it can. */
export function combinations(can: { security: SecurityName[]; muxers: MuxerName[] }): Combination[] {
  return can.security.flatMap(security =>
    can.muxers.flatMap(muxer => TRANSPORTS.map(transport => ({ security, muxer, transport })))
  )
}

export function nameOf({ security, muxer, transport }: Combination): string {
  return `${security} and ${muxer} over ${transport}`
}

/** What a node of ours is given to speak the same. */
export function speaking({
  security,
  muxer
}: Combination): Pick<Libp2pOptions, 'connectionEncrypters' | 'streamMuxers'> {
  return { connectionEncrypters: [SECURITY[security].factory], streamMuxers: [MUXERS[muxer].factory] }
}
