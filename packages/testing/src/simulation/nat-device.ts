import type { SeededRandom } from '../seeded-random.ts'
import type { Endpoint } from './endpoint.ts'
import { SimulationError } from './errors.ts'
import type { Host } from './host.ts'
import { LAST_PORT } from './limits.ts'
import { type NatKind, NatTable } from './nat.ts'

/** The lowest port that a NAT gives out. */
const FIRST_NAT_PORT = 1024

export interface NatOptions {
  /** Default `port-restricted`, which most homes have. */
  kind?: NatKind
  /** Its address outside. Default: one of its own. */
  ip?: string
  /** Whether those inside reach each other at its address outside. Default false. */
  hairpin?: boolean
}

/** A NAT in the simulated network, for the hosts behind it. */
export class Nat {
  readonly ip: string
  readonly hairpin: boolean
  readonly table: NatTable
  readonly inside: Map<string, Host> = new Map()

  constructor(ip: string, { kind = 'port-restricted', hairpin = false }: NatOptions, random: SeededRandom) {
    this.ip = ip
    this.hairpin = hairpin
    this.table = new NatTable(kind, (preferred, isTaken) => {
      if (kind !== 'symmetric' && !isTaken(preferred)) return preferred
      return freePort(random, isTaken)
    })
  }

  /** Lets everything for the port outside through to a host inside. */
  forward(publicPort: number, host: Host, port: number = host.port): void {
    this.table.forward(publicPort, { ip: host.ip, port } satisfies Endpoint)
  }
}

function freePort(random: SeededRandom, isTaken: (port: number) => boolean): number {
  for (let tries = 0; tries <= LAST_PORT; tries++) {
    const port = FIRST_NAT_PORT + random.int(LAST_PORT - FIRST_NAT_PORT + 1)
    if (!isTaken(port)) return port
  }
  throw new SimulationError('too-many', 'a NAT has no port left')
}
