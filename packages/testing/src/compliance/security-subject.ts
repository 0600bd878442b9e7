import type { ConnectionEncrypter, SecureConnectionOptions, SecuredConnection } from '@ts-libp2p/interface'
import type { ByteConnection } from '@ts-libp2p/stream'
import { type Identity, identity } from '../identity.ts'
import { Wire, type WireOptions } from '../wire.ts'

/** What the security suite needs to know of a security channel. */
export interface SecuritySubject {
  /** One that speaks for this identity. */
  create(identity: Identity): Promise<ConnectionEncrypter> | ConnectionEncrypter
  /** True when it proves who is at the far side, and encrypts. False for what is made for tests only. */
  authenticates: boolean
}

export const alice: Identity = identity('alice')
export const bob: Identity = identity('bob')
export const eve: Identity = identity('eve')

/** Eve, who says that she is Bob: his public key, her signatures. */
export const impostor: Identity = {
  peerId: bob.peerId,
  privateKey: {
    type: 'Ed25519',
    publicKey: bob.privateKey.publicKey,
    raw: eve.privateKey.raw,
    equals: key => eve.privateKey.equals(key),
    sign: (data, options) => eve.privateKey.sign(data, options)
  }
}

export interface SecuredPair {
  wire: Wire
  client: SecuredConnection
  server: SecuredConnection
}

export interface HandshakeOptions {
  wire?: WireOptions
  client?: SecureConnectionOptions
  server?: SecureConnectionOptions
}

/** Alice dials Bob. */
export async function secure(subject: SecuritySubject, options: HandshakeOptions = {}): Promise<SecuredPair> {
  const { wire, handshakes } = await startHandshakes(subject, options)
  const [client, server] = await Promise.all(handshakes)
  return { wire, client, server }
}

/** The same, with the two outcomes to look at one by one. */
export async function startHandshakes(
  subject: SecuritySubject,
  options: HandshakeOptions = {}
): Promise<{ wire: Wire; handshakes: [Promise<SecuredConnection>, Promise<SecuredConnection>] }> {
  const [dialing, listening] = [await subject.create(alice), await subject.create(bob)]
  const wire = new Wire(options.wire)
  const handshakes: [Promise<SecuredConnection>, Promise<SecuredConnection>] = [
    dialing.secureOutbound(wire.ends[0], options.client),
    listening.secureInbound(wire.ends[1], options.server)
  ]
  // A test that looks at one of them must not be failed by the other.
  for (const handshake of handshakes) handshake.catch(() => {})
  return { wire, handshakes }
}

export const ROLES = ['outbound', 'inbound'] as const
export type Role = (typeof ROLES)[number]

/** One side's handshake, on a connection whose far side is up to the test. */
export async function handshakeAs(
  role: Role,
  subject: SecuritySubject,
  connection: ByteConnection,
  options?: SecureConnectionOptions,
  who: Identity = alice
): Promise<SecuredConnection> {
  const encrypter = await subject.create(who)
  return role === 'outbound'
    ? encrypter.secureOutbound(connection, options)
    : encrypter.secureInbound(connection, options)
}
