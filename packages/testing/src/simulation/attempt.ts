import type { Multiaddr, Undo } from '@ts-libp2p/interface'
import type { ByteConnection } from '@ts-libp2p/stream'
import { addressOf, type Endpoint, keyOf } from './endpoint.ts'
import { SimulationError } from './errors.ts'
import { FIRST_SYN_RETRY_MS, MAX_SYN_RETRIES } from './limits.ts'
import type { Network, Route } from './network.ts'
import type { Process } from './process.ts'
import { Socket } from './socket.ts'

export interface AttemptInit {
  network: Network
  process: Process
  local: Endpoint
  remote: Endpoint
  remoteAddr: Multiaddr
}

/**
 * One connect, as TCP does it: a SYN, tried again when nothing comes back, and its answer. Where two connect to each
 * other from the very endpoints that they connect to, their SYNs meet and make one connection, which is how peers
 * behind NATs reach each other.
 */
export class Attempt {
  readonly key: string
  readonly result: Promise<ByteConnection>

  private readonly init: AttemptInit
  private isOver = false
  private tries = 0
  private stopRetry: Undo = () => {}
  private resolve!: (connection: ByteConnection) => void
  private reject!: (err: unknown) => void

  constructor(init: AttemptInit, signal: AbortSignal) {
    this.init = init
    this.key = `${keyOf(init.local)} ${keyOf(init.remote)}`
    this.result = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    const abort = (): void => this.fail(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    const done = (): void => signal.removeEventListener('abort', abort)
    this.result.then(done, done)
  }

  start(): void {
    this.init.network.begin(this)
    this.init.process.attempts.add(this)
    this.sendSyn()
  }

  private sendSyn(): void {
    const { network, process, local, remote } = this.init
    const route = network.route(process.host, local, remote)
    if (route !== undefined) network.later(process.host, route.host, () => this.arrive(route))
    this.stopRetry = network.clock.after(FIRST_SYN_RETRY_MS * 2 ** this.tries, () => this.retry())
  }

  private retry(): void {
    this.tries++
    if (this.tries <= MAX_SYN_RETRIES) this.sendSyn()
    else this.fail(new SimulationError('timed-out', `nothing answers at ${this.init.remoteAddr}`))
  }

  private arrive(route: Route): void {
    if (this.isOver || !route.isLetIn()) return
    const peer = this.init.network.attemptAt(route.to, route.from)
    if (peer !== undefined && peer !== this) this.meet(peer, route)
    else this.answer(route)
  }

  private answer(route: Route): void {
    const { network, process } = this.init
    const { host } = route
    const acceptor = host.running?.acceptorAt(route.to)
    // A full backlog drops the SYN, as Linux does, and the next try may find room.
    if (acceptor?.hasRoom === false) return
    network.later(host, process.host, () => {
      if (acceptor === undefined || host.running === undefined) this.refused()
      else this.connected(route, host.running)
    })
  }

  private refused(): void {
    this.fail(new SimulationError('refused', `nobody listens at ${this.init.remoteAddr}`))
  }

  private connected(route: Route, far: Process): void {
    if (this.isOver) return
    const own = this.link(route, far, addressOf(route.from), 'inbound')
    this.init.network.opened(own, route.from)
    own.open()
    this.finish()
    this.resolve(own.connection)
  }

  /** Simultaneous open: each has sent a SYN to the other. Both are connected as diallers, each when its answer came. */
  private meet(peer: Attempt, route: Route): void {
    const { network, process, remote } = this.init
    const other = peer.init.process
    const own = this.link(route, other, peer.init.remoteAddr, 'outbound')
    network.opened(own, route.from)
    network.opened(own.far, remote)
    this.finish()
    peer.finish()
    network.note(process.host, `meets ${network.routeText(own)}`)
    network.later(other.host, process.host, () => {
      this.resolve(own.connection)
      network.later(process.host, other.host, () => peer.resolve(own.far.connection))
    })
  }

  private link(route: Route, far: Process, seenAs: Multiaddr, direction: 'inbound' | 'outbound'): Socket {
    const { network, process, local, remote, remoteAddr } = this.init
    const own = new Socket({ network, process, to: far, local, remote, remoteAddr, direction: 'outbound' })
    const ends = { local: route.to, remote: route.from }
    own.far = new Socket({ network, process: far, to: process, ...ends, remoteAddr: seenAs, direction })
    own.far.far = own
    return own
  }

  /** The process was killed: nobody waits for it any more. */
  abandon(): void {
    this.finish()
  }

  private fail(err: unknown): void {
    if (this.isOver) return
    this.finish()
    this.reject(err)
  }

  private finish(): void {
    this.isOver = true
    this.stopRetry()
    this.init.network.end(this)
    this.init.process.attempts.delete(this)
  }
}
