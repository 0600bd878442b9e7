/** Browsers offer it in secure contexts only. */
export function subtleCrypto(): SubtleCrypto | undefined {
  return globalThis.crypto?.subtle
}

/** WebCrypto where it knows the algorithm, else undefined. Browsers learnt Ed25519 and X25519 from 2023 to 2025. */
export async function subtleFor(algorithm: 'Ed25519' | 'X25519'): Promise<SubtleCrypto | undefined> {
  const subtle = subtleCrypto()
  if (subtle === undefined) return undefined
  known[algorithm] ??= isKnown(subtle, algorithm)
  return (await known[algorithm]) ? subtle : undefined
}

/** WebCrypto copies its input at once; its types exclude shared memory. */
export function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>
}

const known: { Ed25519?: Promise<boolean>; X25519?: Promise<boolean> } = {}

async function isKnown(subtle: SubtleCrypto, algorithm: 'Ed25519' | 'X25519'): Promise<boolean> {
  try {
    await subtle.generateKey(algorithm, false, algorithm === 'Ed25519' ? ['sign', 'verify'] : ['deriveBits'])
    return true
  } catch {
    return false
  }
}
