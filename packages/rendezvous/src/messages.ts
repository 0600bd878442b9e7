import { RendezvousError, type RendezvousErrorCode } from './errors.ts'
import { Message } from './pb/rendezvous.js'

/** Protocol id of rendezvous. Source: libp2p/specs rendezvous/README.md. */
export const RENDEZVOUS_PROTOCOL = '/rendezvous/1.0.0'

export const STATUS = {
  OK: 0,
  E_INVALID_NAMESPACE: 100,
  E_INVALID_SIGNED_PEER_RECORD: 101,
  E_INVALID_TTL: 102,
  E_INVALID_COOKIE: 103,
  E_NOT_AUTHORIZED: 200,
  E_INTERNAL_ERROR: 300,
  E_UNAVAILABLE: 400
} as const
export type Status = number

export type Request =
  | { readonly type: 'register'; readonly ns: string; readonly record: Uint8Array; readonly ttlSeconds?: number }
  | { readonly type: 'unregister'; readonly ns: string }
  | { readonly type: 'discover'; readonly ns: string; readonly limit: number; readonly cookie: Uint8Array }

export interface RegisterAnswer {
  readonly status: Status
  readonly text: string
  readonly ttlSeconds: number
}

/** A registration as it is given out: `record` is a signed envelope that nobody has opened yet. */
export interface FoundRegistration {
  readonly ns: string
  readonly record: Uint8Array
  readonly ttlSeconds: number
}

export interface DiscoverAnswer {
  readonly status: Status
  readonly text: string
  readonly registrations: readonly FoundRegistration[]
  readonly cookie: Uint8Array
}

const TYPE = { register: 0, registerResponse: 1, unregister: 2, discover: 3, discoverResponse: 4 } as const
const EMPTY = new Uint8Array(0)

export function encodeRequest(request: Request): Uint8Array {
  return Message.encode(requestMessage(request)).finish()
}

/** Throws a `RendezvousError` (`malformed`). A missing namespace is the empty one. */
export function decodeRequest(bytes: Uint8Array): Request {
  const message = decode(bytes)
  if (message.type === TYPE.register && message.register !== undefined) {
    const { ns = '', signedPeerRecord: record = EMPTY, ttl } = message.register
    return { type: 'register', ns, record, ...(ttl === undefined ? {} : { ttlSeconds: Number(ttl) }) }
  }
  if (message.type === TYPE.unregister && message.unregister !== undefined) {
    return { type: 'unregister', ns: message.unregister.ns ?? '' }
  }
  if (message.type === TYPE.discover && message.discover !== undefined) {
    const { ns = '', limit = 0n, cookie = EMPTY } = message.discover
    return { type: 'discover', ns, limit: Number(limit), cookie }
  }
  throw new RendezvousError('malformed', `a message of type ${message.type} is not a request`)
}

export function encodeRegisterAnswer({ status, text, ttlSeconds }: RegisterAnswer): Uint8Array {
  const registerResponse = { status, statusText: text, ttl: ttlSeconds }
  return Message.encode({ type: TYPE.registerResponse, registerResponse }).finish()
}

export function encodeDiscoverAnswer({ status, text, registrations, cookie }: DiscoverAnswer): Uint8Array {
  const discoverResponse = {
    registrations: registrations.map(({ ns, record, ttlSeconds }) => ({
      ns,
      signedPeerRecord: record,
      ttl: ttlSeconds
    })),
    cookie,
    status,
    statusText: text
  }
  return Message.encode({ type: TYPE.discoverResponse, discoverResponse }).finish()
}

/** Throws a `RendezvousError` (`malformed`), or what the point refused with. */
export function decodeRegisterAnswer(bytes: Uint8Array): RegisterAnswer {
  const { registerResponse } = decode(bytes)
  if (registerResponse === undefined) throw noAnswer('a registration')
  const { status = STATUS.OK, statusText = '', ttl = 0n } = registerResponse
  throwUnlessOk(status, statusText)
  return { status, text: statusText, ttlSeconds: Number(ttl) }
}

/** Throws a `RendezvousError` (`malformed`), or what the point refused with. */
export function decodeDiscoverAnswer(bytes: Uint8Array): DiscoverAnswer {
  const { discoverResponse } = decode(bytes)
  if (discoverResponse === undefined) throw noAnswer('a discovery')
  const { status = STATUS.OK, statusText = '', cookie = EMPTY, registrations } = discoverResponse
  throwUnlessOk(status, statusText)
  return {
    status,
    text: statusText,
    cookie,
    registrations: registrations.map(({ ns = '', signedPeerRecord: record = EMPTY, ttl = 0n }) => ({
      ns,
      record,
      ttlSeconds: Number(ttl)
    }))
  }
}

function requestMessage(request: Request): Message.$Properties {
  switch (request.type) {
    case 'register': {
      const { ns, record, ttlSeconds } = request
      return { type: TYPE.register, register: { ns, signedPeerRecord: record, ttl: ttlSeconds } }
    }
    case 'unregister':
      return { type: TYPE.unregister, unregister: { ns: request.ns } }
    case 'discover': {
      const { ns, limit, cookie } = request
      // Absent, not empty: rust-libp2p takes an empty cookie for a forged one.
      const given = { ns: ns === '' ? null : ns, cookie: cookie.byteLength === 0 ? null : cookie }
      return { type: TYPE.discover, discover: { ...given, limit } }
    }
  }
}

function decode(bytes: Uint8Array): Message {
  try {
    return Message.decode(bytes)
  } catch (cause) {
    throw new RendezvousError('malformed', `${bytes.byteLength} bytes that are no rendezvous message`, { cause })
  }
}

function noAnswer(what: string): RendezvousError {
  return new RendezvousError('malformed', `the point answered ${what} with something else`)
}

const CODES: Readonly<Record<Status, RendezvousErrorCode>> = {
  [STATUS.E_INVALID_NAMESPACE]: 'invalid-namespace',
  [STATUS.E_INVALID_SIGNED_PEER_RECORD]: 'invalid-record',
  [STATUS.E_INVALID_TTL]: 'invalid-ttl',
  [STATUS.E_INVALID_COOKIE]: 'invalid-cookie',
  [STATUS.E_NOT_AUTHORIZED]: 'not-authorized',
  [STATUS.E_INTERNAL_ERROR]: 'internal-error',
  [STATUS.E_UNAVAILABLE]: 'unavailable'
}

function throwUnlessOk(status: Status, text: string): void {
  if (status === STATUS.OK) return
  const said = text === '' ? '' : `: ${text.slice(0, 200)}`
  throw new RendezvousError(CODES[status] ?? 'refused', `the point refused the request with ${status}${said}`)
}
