import { generateKeyPair } from '@ts-libp2p/crypto'
import type { ComponentLogger, Logger } from '@ts-libp2p/interface'
import { peerIdFromPublicKey } from '@ts-libp2p/peer-id'
import { connectionPair, countRoundTrips, identity } from '@ts-libp2p/testing'
import { expect, it } from 'vitest'
import { secio } from '../src/index.ts'

const { privateKey } = identity('alice')

it('says once per node that it is deprecated, and why', () => {
  const lines: string[] = []
  const log = Object.assign(() => {}, {
    error: (line: string) => lines.push(line),
    trace: () => {},
    enabled: true,
    newScope: () => log
  }) as unknown as Logger
  const logger: ComponentLogger = { forComponent: () => log }
  secio()({ privateKey, logger })
  expect(lines).toEqual([expect.stringMatching(/deprecated.*noise/)])
})

it.each([
  ['an empty list', { hashes: [] }],
  ['an unknown cipher', { ciphers: ['Blowfish' as 'AES-128'] }]
])('refuses to be made with %s', (_, options) => {
  expect(() => secio(options)({ privateKey })).toThrow(expect.objectContaining({ name: 'InvalidParametersError' }))
})

it.each(['RSA', 'ECDSA', 'secp256k1'] as const)('speaks for identities of every kind (%s)', async type => {
  const key = await generateKeyPair(type)
  const [a, b] = connectionPair()
  const [, accepted] = await Promise.all([
    secio()({ privateKey: key }).secureOutbound(a),
    secio()({ privateKey }).secureInbound(b)
  ])
  expect(accepted.remotePeer.equals(peerIdFromPublicKey(key.publicKey))).toBe(true)
})

it('prefers what it is told to', async () => {
  const [a, b] = connectionPair()
  const only = secio({ exchanges: ['P-521'], ciphers: ['AES-128'], hashes: ['SHA512'] })
  const other = secio({ exchanges: ['P-256'] })
  const outcomes = await Promise.allSettled([
    only({ privateKey }).secureOutbound(a),
    other({ privateKey: identity('bob').privateKey }).secureInbound(b)
  ])
  expect(outcomes).toContainEqual({
    status: 'rejected',
    reason: expect.objectContaining({ name: 'SecioError', code: 'no-common-algorithm' })
  })
})

it('costs three messages each way', async () => {
  const { roundTrips } = await countRoundTrips({}, ([a, b]) => {
    secio()({ privateKey: identity('bob').privateKey })
      .secureInbound(b)
      .catch(() => {})
    return secio()({ privateKey }).secureOutbound(a)
  })
  expect(roundTrips).toBe(1.5)
})
