import { InvalidParametersError } from '@ts-libp2p/interface'
import type { Libp2pOptions } from './options.ts'

const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }

/** Whether anything is to be logged. */
export function isDebugOn(): boolean {
  return Boolean(process?.env?.DEBUG)
}

/** `LIBP2P_FORCE_PNET=1` in the environment means: never without a private network. As go-libp2p has it. */
export function checkProtection({ connectionProtector }: Libp2pOptions): void {
  if (process?.env?.LIBP2P_FORCE_PNET !== '1' || connectionProtector !== undefined) return
  throw new InvalidParametersError('LIBP2P_FORCE_PNET is set: give a `connectionProtector`, e.g. `pnet({ psk })`')
}
