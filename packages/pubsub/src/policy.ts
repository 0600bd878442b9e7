import type { RejectReason } from './counters.ts'
import type { WireMessage } from './wire-message.ts'

/** Messages are signed by their authors, and others are refused. */
export const StrictSign = 'StrictSign'
/** Messages carry neither author nor signature, and those that do are refused. */
export const StrictNoSign = 'StrictNoSign'

/** https://github.com/libp2p/specs/blob/master/pubsub/README.md#signature-policy-options */
export type SignaturePolicy = typeof StrictSign | typeof StrictNoSign

const SEQNO_BYTES = 8

/** Why the message breaks the policy, as far as its fields tell. Absent means absent: an empty field is there. */
export function breaks(policy: SignaturePolicy, message: WireMessage): RejectReason | undefined {
  return policy === StrictSign ? breaksStrictSign(message) : breaksStrictNoSign(message)
}

function breaksStrictSign({ from, seqno, signature }: WireMessage): RejectReason | undefined {
  if (signature === undefined) return 'missing signature'
  if (from === undefined || seqno?.byteLength !== SEQNO_BYTES) return 'invalid signature'
  return undefined
}

function breaksStrictNoSign({ from, seqno, signature, key }: WireMessage): RejectReason | undefined {
  if (signature !== undefined) return 'unexpected signature'
  if (from !== undefined || seqno !== undefined || key !== undefined) return 'unexpected auth info'
  return undefined
}
