import type { Listener, Multiaddr, MultiaddrConnection, Transport } from '@ts-libp2p/interface'
import { RawUpgrader, rawOf } from '../raw-upgrader.ts'

/** What the transport suite needs to know of a transport. */
export interface TransportSubject {
  /** A fresh one for each test. */
  create(): Promise<TransportFixture> | TransportFixture
  /** False where one direction cannot end alone, as with WebSockets. Default true. */
  hasHalfClose?: boolean
  /** False where the transport can only dial, as in browsers: then `listener` listens. Default true. */
  canListen?: boolean
}

export interface TransportFixture {
  transport: Transport
  /** Who listens where `transport` cannot. Default: the transport itself. */
  listener?: Transport
  /** Addresses that can be listened on at once, their ports still open (`/tcp/0`). */
  listenAddrs(): Multiaddr[]
  /** Addresses of other transports. */
  foreignAddrs(): Multiaddr[]
  /** Where nobody listens, and a dial is told so. */
  deadAddr(): Multiaddr | Promise<Multiaddr>
  /** Ends what the fixture itself started. */
  stop?(): Promise<void>
}

/** A transport that listens, and everything that was made of it, so that a test can end it all. */
export class TransportStand {
  readonly fixture: TransportFixture
  /** The dialer's upgrader, and the listener's. */
  readonly dialing: RawUpgrader = new RawUpgrader()
  readonly listening: RawUpgrader = new RawUpgrader()
  private readonly listeners: Listener[] = []
  private readonly connections: MultiaddrConnection[] = []

  constructor(fixture: TransportFixture) {
    this.fixture = fixture
  }

  /** Listens on the address, by default on the first that can be. */
  async listen(addr: Multiaddr = firstOf(this.fixture.listenAddrs())): Promise<Listener> {
    const listener = (this.fixture.listener ?? this.fixture.transport).createListener({ upgrader: this.listening })
    this.listeners.push(listener)
    await listener.listen(addr)
    return listener
  }

  async dial(addr: Multiaddr, signal: AbortSignal = new AbortController().signal): Promise<MultiaddrConnection> {
    const connection = rawOf(await this.fixture.transport.dial(addr, { upgrader: this.dialing, signal }))
    this.connections.push(connection)
    return connection
  }

  async accept(): Promise<MultiaddrConnection> {
    const connection = await this.listening.inbound.next()
    this.connections.push(connection)
    return connection
  }

  /** A fresh listener and both ends of a connection to it. */
  async connect(): Promise<[outbound: MultiaddrConnection, inbound: MultiaddrConnection]> {
    const listener = await this.listen()
    return Promise.all([this.dial(firstOf(listener.getAddrs())), this.accept()])
  }

  async stop(): Promise<void> {
    for (const connection of this.connections) connection.abort(new Error('the test is over'))
    while (this.listening.inbound.size > 0) (await this.accept()).abort(new Error('the test is over'))
    await Promise.all(this.listeners.map(listener => listener.close()))
    await this.fixture.stop?.()
  }
}

export function firstOf(addrs: readonly Multiaddr[]): Multiaddr {
  const [first] = addrs
  if (first === undefined) throw new TypeError('no address')
  return first
}
