import { InvalidParametersError } from '@ts-libp2p/interface'
import * as limits from './limits.ts'

export interface MdnsOptions {
  /**
   * Say who and where we are: everybody on the network learns our peer id and addresses. With false only those who ask for
   * our id are answered; we still hear of the others. Default true.
   */
  readonly isAnnouncing?: boolean
  /**
   * The fingerprint of a private network, as hex: its peers see only each other, under a service name of their own.
   * Default: none, the public `_p2p._udp.local`.
   */
  readonly fingerprint?: string
  /** Names of network interfaces, e.g. `['eth0']`. Default: all of them, of both families. */
  readonly interfaces?: readonly string[]
  /** The longest time between two questions, milliseconds: a packet on each network. Default 60,000. */
  readonly queryIntervalMs?: number
  /** Milliseconds that looking for a peer takes at most. Default 5,000. */
  readonly lookupTimeoutMs?: number
  /** Milliseconds for which the answers to a question for records are awaited. Default 1,500. */
  readonly recordWaitMs?: number
}

export interface CheckedOptions extends Required<Omit<MdnsOptions, 'fingerprint' | 'interfaces'>> {
  readonly fingerprint: string | undefined
  readonly interfaces: readonly string[] | undefined
}

/** `_p2p-` and the fingerprint are one label. */
const MAX_FINGERPRINT_LENGTH = limits.MAX_LABEL_BYTES - '_p2prec-'.length

export function checked(options: MdnsOptions): CheckedOptions {
  const o: CheckedOptions = {
    isAnnouncing: options.isAnnouncing ?? true,
    fingerprint: options.fingerprint,
    interfaces: options.interfaces,
    queryIntervalMs: options.queryIntervalMs ?? limits.QUERY_INTERVAL_MS,
    lookupTimeoutMs: options.lookupTimeoutMs ?? limits.LOOKUP_TIMEOUT_MS,
    recordWaitMs: options.recordWaitMs ?? limits.RECORD_WAIT_MS
  }
  for (const name of ['queryIntervalMs', 'lookupTimeoutMs', 'recordWaitMs'] as const) {
    if (!(Number.isFinite(o[name]) && o[name] > 0)) {
      throw new InvalidParametersError(`\`${name}\` must be above 0, not ${o[name]}`)
    }
  }
  const { fingerprint } = o
  if (fingerprint === undefined || (/^[0-9a-f]+$/i.test(fingerprint) && fingerprint.length <= MAX_FINGERPRINT_LENGTH)) {
    return o
  }
  throw new InvalidParametersError(
    `\`fingerprint\` has 1 to ${MAX_FINGERPRINT_LENGTH} hex digits, which ${JSON.stringify(fingerprint)} has not`
  )
}
