import { createIpnsRecord, ipnsKey, ipnsValidator, parseIpnsRecord } from '@ts-libp2p/record'
import { identity } from '@ts-libp2p/testing'
import { NOW_MS } from '../src/examples.ts'
import type { Target } from '../src/target.ts'

const { privateKey, peerId } = identity('ipns')

/** IPNS records, which the DHT stores for others. */
export const target: Target = {
  name: 'ipns',
  maxBytes: 3000,
  seeds: async () => [
    await createIpnsRecord({ privateKey, value: '/ipfs/bafkqaaa', sequence: 3n, expiresAt: NOW_MS + 3_600_000 }),
    await createIpnsRecord({ privateKey, value: '', sequence: 0n, expiresAt: NOW_MS + 1, isV1Compatible: false })
  ],
  async run(input) {
    parseIpnsRecord(input)
    ipnsValidator.select(ipnsKey(peerId), [input, input])
    await ipnsValidator.validate(ipnsKey(peerId), input, NOW_MS)
  }
}
