import keysJson from '../vectors/peer-id-keys.json' with { type: 'json' }
import rfc from '../vectors/rfc.json' with { type: 'json' }

export interface KeyPairVector {
  kind: 'keypair'
  id: string
  type: 'RSA' | 'Ed25519' | 'secp256k1' | 'ECDSA'
  private_key_pb: string
  private_key_legacy?: boolean
  public_key_pb: string
  peer_id_multihash: string
  peer_id_base58: string
  peer_id_cid_base32: string
  message?: string
  signature?: string
  signature_deterministic?: boolean
}

interface BadSignature {
  kind: 'bad-signature'
  reason: string
  public_key_pb: string
  message: string
  signature: string
}

interface InvalidPublicKey {
  kind: 'invalid-public-key'
  reason: string
  public_key_pb: string
}

interface InvalidPrivateKey {
  kind: 'invalid-private-key'
  reason: string
  private_key_pb: string
}

type KeyVector = KeyPairVector | BadSignature | InvalidPublicKey | InvalidPrivateKey

function ofKind<Kind extends KeyVector['kind']>(kind: Kind): Extract<KeyVector, { kind: Kind }>[] {
  const cases = keysJson.cases as unknown as KeyVector[]
  return cases.filter((one): one is Extract<KeyVector, { kind: Kind }> => one.kind === kind)
}

export const keyPairs: KeyPairVector[] = ofKind('keypair')
export const badSignatures: BadSignature[] = ofKind('bad-signature')
export const invalidPublicKeys: InvalidPublicKey[] = ofKind('invalid-public-key')
export const invalidPrivateKeys: InvalidPrivateKey[] = ofKind('invalid-private-key')
export { rfc }

export function keyPair(id: string): KeyPairVector {
  const found = keyPairs.find(one => one.id === id)
  if (found === undefined) throw new Error(`no vector ${id}`)
  return found
}
