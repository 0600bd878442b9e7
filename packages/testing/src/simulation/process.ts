import type { SeededRandom } from '../seeded-random.ts'
import type { Attempt } from './attempt.ts'
import { type Endpoint, isSameFamily, isWildcard, keyOf } from './endpoint.ts'
import { SimulationError } from './errors.ts'
import type { Host } from './host.ts'
import type { ProcessClock } from './host-clock.ts'
import type { Socket } from './socket.ts'

/** Takes connections at a port. */
export interface Acceptor {
  readonly ip: string
  /** Whether there is room for one more. */
  readonly hasRoom: boolean
  accept(socket: Socket): void
}

/** One run of a host's programs, from start to stop or crash: what dies with them. */
export class Process {
  readonly host: Host
  readonly clock: ProcessClock
  readonly random: SeededRandom
  readonly sockets: Set<Socket> = new Set()
  readonly acceptors: Map<number, Acceptor[]> = new Map()
  /** Dials under way. */
  readonly attempts: Set<Attempt> = new Set()
  isAlive = true

  constructor(host: Host, clock: ProcessClock, random: SeededRandom) {
    this.host = host
    this.clock = clock
    this.random = random
  }

  acceptorAt({ ip, port }: Endpoint): Acceptor | undefined {
    const all = this.acceptors.get(port) ?? []
    return all.find(a => a.ip === ip) ?? all.find(a => isWildcard(a.ip) && isSameFamily(a.ip, ip))
  }

  bind(port: number, acceptor: Acceptor): void {
    this.checkAlive()
    const all = this.acceptors.get(port) ?? []
    if (all.some(a => a.ip === acceptor.ip)) {
      throw new SimulationError('address-in-use', `somebody listens on ${keyOf({ ip: acceptor.ip, port })} already`)
    }
    this.acceptors.set(port, [...all, acceptor])
  }

  unbind(port: number, acceptor: Acceptor): void {
    const left = (this.acceptors.get(port) ?? []).filter(a => a !== acceptor)
    if (left.length > 0) this.acceptors.set(port, left)
    else this.acceptors.delete(port)
  }

  checkAlive(): void {
    if (!this.isAlive) throw new SimulationError('crashed', `this process on ${this.host.name} was killed`)
  }

  end(): void {
    this.isAlive = false
    this.clock.stop()
    this.acceptors.clear()
    for (const attempt of [...this.attempts]) attempt.abandon()
  }
}
