import { PnetError } from './errors.ts'

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The safeguard of the spec: with `LIBP2P_FORCE_PNET=1` a node without a protector does not run, so that one meant to
 * be private never meets the public network. Throws a `PnetError` (`not-private`). To be called before anything
 * listens or dials; `env` is by default that of the process, and empty in browsers.
 */
export function forcePnet(protector: unknown, env: Environment = processEnvironment()): void {
  if (env.LIBP2P_FORCE_PNET !== '1' || (protector !== undefined && protector !== null)) return
  throw new PnetError(
    'not-private',
    'LIBP2P_FORCE_PNET=1 asks for a private network: give `connectionProtector: pnet({ psk })`, or unset it'
  )
}

function processEnvironment(): Environment {
  return (globalThis as { process?: { env?: Environment } }).process?.env ?? {}
}
