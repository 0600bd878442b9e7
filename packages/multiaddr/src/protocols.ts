import * as code from './codes.ts'
import type { ValueCodec } from './values/codec.ts'
import { certhash, peerId } from './values/hashes.ts'
import { garlic32, garlic64, onion, onion3 } from './values/hidden.ts'
import { ip4, ip6 } from './values/ip.ts'
import { ipcidr, memory, port } from './values/numbers.ts'
import { dnsName, httpPath, unixPath, zone } from './values/text.ts'

/** The `size` of a protocol whose values have a length before them. */
export const VARIABLE = -1

/** A row of https://github.com/multiformats/multiaddr/blob/master/protocols.csv */
export interface Protocol {
  readonly code: number
  readonly name: string
  /** Bits of the value; 0 for none, `VARIABLE` for a length before it. `memory` has 64, as go and rust do. */
  readonly size: number
  /** True when the value takes the rest of the address. Only `unix`. */
  readonly path: boolean
}

export interface ProtocolRow extends Protocol {
  readonly codec: ValueCodec | undefined
}

const ROWS: readonly ProtocolRow[] = [
  row(code.CODE_IP4, 'ip4', 32, ip4),
  row(code.CODE_TCP, 'tcp', 16, port),
  row(code.CODE_DCCP, 'dccp', 16, port),
  row(code.CODE_IP6, 'ip6', 128, ip6),
  row(code.CODE_IP6ZONE, 'ip6zone', VARIABLE, zone),
  row(code.CODE_IPCIDR, 'ipcidr', 8, ipcidr),
  row(code.CODE_DNS, 'dns', VARIABLE, dnsName),
  row(code.CODE_DNS4, 'dns4', VARIABLE, dnsName),
  row(code.CODE_DNS6, 'dns6', VARIABLE, dnsName),
  row(code.CODE_DNSADDR, 'dnsaddr', VARIABLE, dnsName),
  row(code.CODE_SCTP, 'sctp', 16, port),
  row(code.CODE_UDP, 'udp', 16, port),
  row(code.CODE_P2P_WEBRTC_STAR, 'p2p-webrtc-star'),
  row(code.CODE_P2P_WEBRTC_DIRECT, 'p2p-webrtc-direct'),
  row(code.CODE_P2P_STARDUST, 'p2p-stardust'),
  row(code.CODE_WEBRTC_DIRECT, 'webrtc-direct'),
  row(code.CODE_WEBRTC, 'webrtc'),
  row(code.CODE_P2P_CIRCUIT, 'p2p-circuit'),
  row(code.CODE_UDT, 'udt'),
  row(code.CODE_UTP, 'utp'),
  row(code.CODE_UNIX, 'unix', VARIABLE, unixPath),
  row(code.CODE_P2P, 'p2p', VARIABLE, peerId),
  row(code.CODE_HTTPS, 'https'),
  row(code.CODE_ONION, 'onion', 96, onion),
  row(code.CODE_ONION3, 'onion3', 296, onion3),
  row(code.CODE_GARLIC64, 'garlic64', VARIABLE, garlic64),
  row(code.CODE_GARLIC32, 'garlic32', VARIABLE, garlic32),
  row(code.CODE_TLS, 'tls'),
  row(code.CODE_SNI, 'sni', VARIABLE, dnsName),
  row(code.CODE_NOISE, 'noise'),
  row(code.CODE_QUIC, 'quic'),
  row(code.CODE_QUIC_V1, 'quic-v1'),
  row(code.CODE_WEBTRANSPORT, 'webtransport'),
  row(code.CODE_CERTHASH, 'certhash', VARIABLE, certhash),
  row(code.CODE_WS, 'ws'),
  row(code.CODE_WSS, 'wss'),
  row(code.CODE_P2P_WEBSOCKET_STAR, 'p2p-websocket-star'),
  row(code.CODE_HTTP, 'http'),
  row(code.CODE_HTTP_PATH, 'http-path', VARIABLE, httpPath),
  row(code.CODE_MEMORY, 'memory', 64, memory)
]

const BY_CODE = new Map(ROWS.map(row => [row.code, row]))

// `ipfs` is what `p2p` was called before 2019: read, never printed.
const BY_NAME = new Map([
  ...ROWS.map(row => [row.name, row] as const),
  ['ipfs', BY_CODE.get(code.CODE_P2P) as ProtocolRow] as const
])

export function protocolByName(name: string): Protocol | undefined {
  return BY_NAME.get(name)
}

export function protocolByCode(code: number): Protocol | undefined {
  return BY_CODE.get(code)
}

export function rowByName(name: string): ProtocolRow | undefined {
  return BY_NAME.get(name)
}

export function rowByCode(code: number): ProtocolRow | undefined {
  return BY_CODE.get(code)
}

function row(code: number, name: string, size = 0, codec?: ValueCodec): ProtocolRow {
  return { code, name, size, path: name === 'unix', codec }
}
