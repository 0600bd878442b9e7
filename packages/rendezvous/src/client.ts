import { type AbortOptions, type DialTarget, type Node, type PeerId, TimeoutError } from '@ts-libp2p/interface'
import { NETWORK_FORM, type OpenedPeerRecord, openPeerRecord, RFC_FORM } from '@ts-libp2p/record'
import { Deadlines, StreamReader, toError, writeMessage } from '@ts-libp2p/stream'
import { RendezvousError } from './errors.ts'
import { DEFAULT_TTL_SECONDS, MAX_DISCOVER_LIMIT, MAX_RESPONSE_BYTES } from './limits.ts'
import {
  decodeDiscoverAnswer,
  decodeRegisterAnswer,
  encodeRequest,
  type FoundRegistration,
  RENDEZVOUS_PROTOCOL,
  type Request
} from './messages.ts'
import { ownRecord } from './own-record.ts'

/** A peer that a point told of, in a record that the peer signed. */
export interface FoundPeer {
  readonly id: PeerId
  readonly multiaddrs: OpenedPeerRecord['addresses']
  readonly ns: string
  /** Seconds for which the registration is still good. */
  readonly ttlSeconds: number
  /** The signed envelope. */
  readonly record: Uint8Array
}

export interface Found {
  readonly peers: readonly FoundPeer[]
  /** Given back, the next discovery tells only of what came after. */
  readonly cookie: Uint8Array
}

const EMPTY = new Uint8Array(0)

/** Single requests to points. */
export class RendezvousClient {
  private readonly node: Node
  private readonly deadlines: Deadlines
  private readonly timeoutMs: number

  constructor(node: Node, timeoutMs: number) {
    this.node = node
    this.timeoutMs = timeoutMs
    this.deadlines = new Deadlines(node.clock)
  }

  abortAll(reason: Error): void {
    this.deadlines.abortAll(reason)
  }

  /**
   * Resolves with the seconds that the point grants. The record goes out in the form of RFC 0003 first: rust-libp2p, whose
   * points and clients are most of those there are, knows no other, and its clients cannot read an answer in which there
   * is one of another form.
   */
  async register(
    point: DialTarget,
    ns: string,
    ttlSeconds: number = DEFAULT_TTL_SECONDS,
    options: AbortOptions = {}
  ): Promise<number> {
    try {
      return await this.registerIn(RFC_FORM, point, ns, ttlSeconds, options)
    } catch (err) {
      if (!isAboutForm(err)) throw err
      return await this.registerIn(NETWORK_FORM, point, ns, ttlSeconds, options)
    }
  }

  async unregister(point: DialTarget, ns: string, options: AbortOptions = {}): Promise<void> {
    await this.ask(point, { type: 'unregister', ns }, options, async () => {})
  }

  async discover(
    point: DialTarget,
    ns: string,
    { limit = MAX_DISCOVER_LIMIT, cookie = EMPTY, signal }: AbortOptions & { limit?: number; cookie?: Uint8Array } = {}
  ): Promise<Found> {
    const request: Request = { type: 'discover', ns, limit, cookie }
    const bytes = await this.ask(point, request, { signal }, reader => reader())
    const answer = decodeDiscoverAnswer(bytes)
    const registrations = answer.registrations.slice(0, limit).filter(found => ns === '' || found.ns === ns)
    const opened = await Promise.all(registrations.map(openRegistration))
    const peers = opened.flat().filter(({ id }) => !id.equals(this.node.peerId))
    return { peers, cookie: new Uint8Array(answer.cookie) }
  }

  private async registerIn(
    form: typeof NETWORK_FORM,
    point: DialTarget,
    ns: string,
    ttlSeconds: number,
    options: AbortOptions
  ): Promise<number> {
    const record = await ownRecord(this.node, form, options)
    const bytes = await this.ask(point, { type: 'register', ns, record, ttlSeconds }, options, reader => reader())
    return decodeRegisterAnswer(bytes).ttlSeconds
  }

  /** One request on a stream of its own. */
  private async ask<T>(
    point: DialTarget,
    request: Request,
    options: AbortOptions,
    answer: (read: () => Promise<Uint8Array>) => Promise<T>
  ): Promise<T> {
    const { timeoutMs } = this
    const late = (): TimeoutError => new TimeoutError(`${point} did not answer within ${timeoutMs} ms`)
    const { signal, clear } = this.deadlines.set(timeoutMs, late, options.signal)
    try {
      signal.throwIfAborted()
      const stream = await this.node.openStream(point, RENDEZVOUS_PROTOCOL, { signal })
      try {
        await writeMessage(stream, encodeRequest(request), { signal })
        const result = await answer(() =>
          new StreamReader(stream).readMessage({ limitBytes: MAX_RESPONSE_BYTES, signal })
        )
        await stream.close({ signal })
        return result
      } catch (err) {
        stream.abort(toError(err))
        throw failure(err, point, signal)
      }
    } finally {
      clear()
    }
  }
}

/** A registration without a valid record of its own peer is worth nothing. */
async function openRegistration({ ns, record, ttlSeconds }: FoundRegistration): Promise<FoundPeer[]> {
  try {
    const { peerId: id, addresses: multiaddrs } = await openPeerRecord(record)
    return [{ id, multiaddrs, ns, ttlSeconds, record: new Uint8Array(record) }]
  } catch {
    return []
  }
}

/** Points say so that a record is not in a form that they know, or drop the stream, as rust-libp2p does. */
function isAboutForm(err: unknown): boolean {
  return err instanceof RendezvousError && (err.code === 'invalid-record' || err.code === 'stream-failed')
}

function failure(err: unknown, point: DialTarget, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  const { name, message } = toError(err)
  if (name === 'UnsupportedProtocolError') return err
  return new RendezvousError('stream-failed', `the exchange with ${point} failed: ${message}`, { cause: err })
}
