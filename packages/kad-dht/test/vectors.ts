import { fromHex } from '@ts-libp2p/bytes'
import kad from './vectors/kad.json' with { type: 'json' }

interface Case {
  readonly id: string
  readonly kind: string
}

export interface PeerCase {
  readonly id: string
  readonly addrs: string[]
  readonly connection: number
}

interface MessageCase extends Case {
  readonly encoded: string
  readonly key: string
  readonly type_number: number
  readonly record: { key: string; value: string; time_received: string } | null
  readonly closer_peers: PeerCase[]
  readonly provider_peers: PeerCase[]
}

export interface KeyCases {
  prefix: Case & { key: string; prefix16: string; sha256: string }
  cpl: Case & { a: string; b: string; sha256_a: string; sha256_b: string; cpl: number }
  key: Case & { key: string; sha256: string; text?: string }
  closest: Case & { target: string; candidates: string[]; sorted: string[] }
  message: MessageCase
}

/** Made with go-libp2p and js-libp2p; sources are named in the file. */
export function vectors<Kind extends keyof KeyCases>(kind: Kind): KeyCases[Kind][] {
  return (kad.cases as Case[]).filter(vector => vector.kind === kind) as KeyCases[Kind][]
}

export const hex: (text: string) => Uint8Array = fromHex
