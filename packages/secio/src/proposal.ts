import { concat } from '@ts-libp2p/bytes'
import { publicKeyFromProtobuf, sha256 } from '@ts-libp2p/crypto'
import type { PublicKey } from '@ts-libp2p/interface'
import type { Preferences, Suite } from './algorithms.ts'
import { SecioError } from './errors.ts'
import { NONCE_BYTES } from './limits.ts'
import { Propose } from './pb/secio.js'

/** Who somebody is and what they can do. `bytes` is the message as it was sent. */
export interface Proposal {
  readonly bytes: Uint8Array
  readonly nonce: Uint8Array
  /** As a protobuf. */
  readonly publicKey: Uint8Array
  /** By preference. A remote's may hold anything. */
  readonly exchanges: readonly string[]
  readonly ciphers: readonly string[]
  readonly hashes: readonly string[]
}

export function createProposal(nonce: Uint8Array, publicKey: Uint8Array, preferences: Preferences): Proposal {
  const bytes = Propose.encode({
    rand: nonce,
    pubkey: publicKey,
    exchanges: preferences.exchanges.join(','),
    ciphers: preferences.ciphers.join(','),
    hashes: preferences.hashes.join(',')
  }).finish()
  return { bytes, nonce, publicKey, ...preferences }
}

/** Throws a `SecioError` (`malformed-proposal`). */
export function readProposal(bytes: Uint8Array): Proposal & { key: PublicKey } {
  const { rand, pubkey, exchanges, ciphers, hashes } = decode(bytes)
  if (rand?.byteLength !== NONCE_BYTES) throw malformed(`its nonce has not ${NONCE_BYTES} bytes`)
  if (!pubkey?.byteLength) throw malformed('it has no key')
  const lists = { exchanges: list(exchanges), ciphers: list(ciphers), hashes: list(hashes) }
  return { bytes, nonce: rand, publicKey: pubkey, key: decodeKey(pubkey), ...lists }
}

/** Whose preferences count. Both sides come to the same answer; a node that talks to itself comes to none. */
export function preferredSide(own: Proposal, remote: Proposal): 'own' | 'remote' {
  const first = sha256(concat([remote.publicKey, own.nonce]))
  const second = sha256(concat([own.publicKey, remote.nonce]))
  for (let i = 0; i < first.byteLength; i++) {
    const difference = (first[i] as number) - (second[i] as number)
    if (difference !== 0) return difference < 0 ? 'remote' : 'own'
  }
  throw new SecioError('self-dial', 'the remote sent our own key and nonce: we are talking to ourselves')
}

/** The first of each of the preferred side's lists that the other has too. Throws a `SecioError` where there is none. */
export function agree(preferred: Proposal, other: Proposal): Suite {
  return {
    exchange: first('exchange', preferred.exchanges, other.exchanges),
    cipher: first('cipher', preferred.ciphers, other.ciphers),
    hash: first('hash', preferred.hashes, other.hashes)
  } as Suite
}

function first(what: string, preferred: readonly string[], other: readonly string[]): string {
  const common = preferred.find(name => other.includes(name))
  if (common !== undefined) return common
  const lists = JSON.stringify([preferred, other]).slice(0, 200)
  throw new SecioError('no-common-algorithm', `the two sides have no ${what} in common: ${lists}`)
}

function list(text: string | null | undefined): string[] {
  return (text ?? '').split(',').filter(name => name !== '')
}

function decode(bytes: Uint8Array): Propose {
  try {
    return Propose.decode(bytes)
  } catch (cause) {
    throw malformed('it is no protobuf', cause)
  }
}

function decodeKey(bytes: Uint8Array): PublicKey {
  try {
    return publicKeyFromProtobuf(bytes)
  } catch (cause) {
    throw malformed('its key cannot be read', cause)
  }
}

function malformed(why: string, cause?: unknown): SecioError {
  return new SecioError('malformed-proposal', `the remote sent no proposal: ${why}`, { cause })
}
