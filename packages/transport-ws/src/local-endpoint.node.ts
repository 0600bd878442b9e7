import os from 'node:os'
import type { Multiaddr } from '@ts-libp2p/interface'
import { missingZone } from '@ts-libp2p/multiaddr'
import { type Endpoint, endpoint } from './endpoint.ts'
import { WsError } from './errors.ts'

/** As `endpoint`. Throws a `WsError` (`unknown-zone`) too, when the zone is no interface of this machine. */
export function localEndpoint(ma: Multiaddr): Endpoint {
  const found = endpoint(ma)
  const problem = missingZone(found.host, os)
  if (problem !== undefined) throw new WsError('unknown-zone', `${ma} is not on a link of this machine: ${problem}`)
  return found
}
