/** What WebCrypto was asked and has not answered: its answers come in turns of their own, some browsers' much later. */
let pending = 0
const waiting: (() => void)[] = []

export function isWebCryptoBusy(): boolean {
  return pending > 0
}

/** Resolves once everything is answered. */
export async function webCryptoAnswers(): Promise<void> {
  if (pending > 0) await new Promise<void>(resolve => waiting.push(resolve))
}

const METHODS = [
  ...(['decrypt', 'deriveBits', 'deriveKey', 'digest', 'encrypt', 'exportKey', 'generateKey', 'importKey'] as const),
  ...(['sign', 'unwrapKey', 'verify', 'wrapKey'] as const)
]

/** There is none outside secure contexts. */
const platform = globalThis.SubtleCrypto?.prototype
if (platform !== undefined) for (const name of METHODS) watch(platform, name)

function watch(owner: SubtleCrypto, name: (typeof METHODS)[number]): void {
  const ask = owner[name] as (...args: unknown[]) => Promise<unknown>
  const value = function (this: SubtleCrypto, ...args: unknown[]): Promise<unknown> {
    const answer = ask.apply(this, args)
    pending++
    answer.then(answered, answered)
    return answer
  }
  Object.defineProperty(owner, name, { value, configurable: true, writable: true, enumerable: true })
}

function answered(): void {
  if (--pending > 0) return
  for (const resolve of waiting.splice(0)) resolve()
}
