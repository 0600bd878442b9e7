import type { VerifierThread } from './verifier-thread.ts'

/** There is none: browsers check signatures on threads of their own. */
export function useVerifierThread(): VerifierThread | undefined {
  return undefined
}
