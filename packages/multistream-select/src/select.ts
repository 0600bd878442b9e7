import {
  type AbortOptions,
  InvalidParametersError,
  type Logger,
  type MessageStream,
  type Stream
} from '@ts-libp2p/interface'
import { type Dialogue, isAttachable, runDialogue, toError } from '@ts-libp2p/stream'
import { dialer, listener, type SupportedProtocols } from './dialogue.ts'
import { MAX_PROPOSALS } from './limits.ts'
import { checkName } from './line.ts'

export interface SelectOptions extends AbortOptions {
  /** Told how it ended. Default: the stream's own log. */
  log?: Logger
}

export interface OptimisticSelection {
  protocol: string
  /** Settles with the remote's answer. Nobody need listen: a refusal shows on the stream, which is aborted. */
  confirmed: Promise<void>
}

/**
 * Dials: proposes the protocols in order, and resolves with the first that the remote accepts. One round trip for the
 * first, one more for each that is refused.
 *
 * Rejects with an `UnsupportedProtocolError` when all are refused, a `MultistreamError` when the remote breaks the
 * rules, a `ConnectionClosedError` when the stream ends first, or `signal.reason`. The stream is left to the caller.
 */
export async function select(
  stream: MessageStream,
  protocols: string | readonly string[],
  options: SelectOptions = {}
): Promise<string> {
  const protocol = await runDialogue(stream, dialer(checkNames(protocols)), options)
  trace(stream, options, 'the remote accepted', protocol)
  return protocol
}

/**
 * Dials without waiting: the proposal is queued before this returns, and whatever is sent next leaves with it. The
 * answer is read ahead of everybody who reads the stream later, also when the stream is closed without being read.
 *
 * Only with a single protocol, since what follows is meant for it alone; and only on streams whose readers take turns
 * (`isAttachable`), else an `InvalidParametersError` is thrown: use `select`.
 *
 * A refusal, a broken rule or `signal` aborts the stream with that error, and `confirmed` rejects with it.
 */
export function selectOptimistic(
  stream: MessageStream,
  protocol: string,
  options: SelectOptions = {}
): OptimisticSelection {
  checkName(protocol)
  options.signal?.throwIfAborted()
  if (!isAttachable(stream)) {
    throw new InvalidParametersError('the answer cannot be read ahead of others on this stream: use select()')
  }
  const confirmed = confirm(stream, protocol, options)
  confirmed.catch(() => {})
  return { protocol, confirmed }
}

/**
 * Listens: answers the remote's proposals, and resolves with the first that is among `protocols`. Given the `Map` or
 * `Set` of what is spoken, nothing is built per stream.
 *
 * Rejects as `select` does; a remote that leaves after being refused shows as a `ConnectionClosedError`.
 */
export async function handle(
  stream: MessageStream,
  protocols: string | Iterable<string> | SupportedProtocols,
  options: SelectOptions = {}
): Promise<string> {
  const protocol = await runDialogue(stream, listener(toSupported(protocols)), options)
  trace(stream, options, 'accepted', protocol)
  return protocol
}

async function confirm(stream: MessageStream, protocol: string, options: SelectOptions): Promise<void> {
  // js-libp2p starts a handler when it has answered, and its `for await` misses an end that came before: ours waits.
  const sendEnd = isAttachable(stream) ? stream.holdEnd() : undefined
  try {
    await runDialogue(stream, abortsAt(stream, dialer([protocol])), options)
    trace(stream, options, 'the remote accepted', protocol)
  } catch (err) {
    if (!isOnlyUnread(stream)) stream.abort(toError(err))
    throw err
  } finally {
    sendEnd?.()
  }
}

/**
 * A refusal aborts the stream before anything behind it is read: where the remote's end comes with it, whoever reads
 * next would take that for an answer without a byte.
 */
function* abortsAt(stream: MessageStream, dialogue: Dialogue<string>): Dialogue<string> {
  try {
    return yield* dialogue
  } catch (err) {
    stream.abort(toError(err))
    throw err
  }
}

/** We ended our reading before the answer came: nobody will know it, and what we sent may be just what was wanted. */
function isOnlyUnread(stream: MessageStream): boolean {
  const { readStatus, remoteWriteStatus } = stream as Partial<Stream>
  return readStatus === 'closed' && remoteWriteStatus === 'writable'
}

function toSupported(protocols: string | Iterable<string> | SupportedProtocols): SupportedProtocols {
  if (typeof protocols === 'string') return new Set([protocols])
  return 'has' in protocols ? protocols : new Set(protocols)
}

function checkNames(protocols: string | readonly string[]): readonly [string, ...string[]] {
  const [first, ...others] = typeof protocols === 'string' ? [protocols] : protocols
  if (first === undefined) throw new InvalidParametersError('no protocol to propose')
  if (others.length >= MAX_PROPOSALS) throw new InvalidParametersError(`over ${MAX_PROPOSALS} protocols to propose`)
  checkName(first)
  others.forEach(checkName)
  return [first, ...others]
}

function trace(stream: MessageStream, options: SelectOptions, what: string, protocol: string): void {
  const log = options.log ?? stream.log
  if (log.enabled) log.trace('%s %s', what, protocol)
}
