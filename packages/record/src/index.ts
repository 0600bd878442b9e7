/**
 * Signed envelopes and the peer records in them: where a peer can be reached, provably said by that peer. Values as the
 * DHT stores them, and what makes them believed: validators by namespace, `/pk`, `/ipns`, and your own.
 *
 * @example
 * const envelope = await createPeerRecord({ privateKey, addresses, seq: BigInt(Date.now()) })
 * const { peerId, addresses, seq } = await openPeerRecord(envelope.marshal())
 *
 * Envelopes follow https://github.com/libp2p/specs/blob/master/RFC/0002-signed-envelopes.md, peer records
 * https://github.com/libp2p/specs/blob/master/RFC/0003-routing-records.md with the domain and payload type of the
 * public network, validity schemes https://github.com/libp2p/specs/blob/master/IPRS.md, IPNS records
 * https://specs.ipfs.tech/ipns/ipns-record/
 */
import { ipnsValidator } from './ipns.ts'
import { publicKeyValidator } from './pk.ts'
import type { RecordValidators } from './validators.ts'

export {
  type CreateIpnsOptions,
  createIpnsRecord,
  type IpnsRecord,
  ipnsKey,
  ipnsValidator,
  parseIpnsRecord
} from './ipns.ts'
export * from './peer-records.ts'
export { publicKeyKey, publicKeyValidator } from './pk.ts'
export * from './scheme.ts'
export * from './validators.ts'
export * from './value-record.ts'

/** The namespaces of the public network, `pk` and `ipns`. Add your own: `{ ...defaultValidators, note }`. */
export const defaultValidators: RecordValidators = { pk: publicKeyValidator, ipns: ipnsValidator }
