import vectors from './vectors/peer-id-keys.json' with { type: 'json' }

export interface KeyPairVector {
  kind: 'keypair'
  id: string
  type: 'RSA' | 'Ed25519' | 'secp256k1' | 'ECDSA'
  private_key_pb: string
  public_key_pb: string
  peer_id_multihash: string
  peer_id_base58: string
  peer_id_cid_base32: string
  peer_id_cid_base36: string
}

interface TextVector {
  kind: 'text'
  text: string
  peer_id_multihash: string
}

interface InvalidText {
  kind: 'invalid-text'
  reason: string
  text: string
}

type Vector = KeyPairVector | TextVector | InvalidText

function ofKind<Kind extends Vector['kind']>(kind: Kind): Extract<Vector, { kind: Kind }>[] {
  const cases = vectors.cases as unknown as Vector[]
  return cases.filter((one): one is Extract<Vector, { kind: Kind }> => one.kind === kind)
}

export const keyPairs: KeyPairVector[] = ofKind('keypair')
export const texts: TextVector[] = ofKind('text')
export const invalidTexts: InvalidText[] = ofKind('invalid-text')

export function keyPair(id: string): KeyPairVector {
  const found = keyPairs.find(one => one.id === id)
  if (found === undefined) throw new Error(`no vector ${id}`)
  return found
}
