import type { RejectReason } from './counters.ts'
import { FROM, KEY, SEQNO, SIGNATURE } from './wire-message.ts'

/** Messages are signed by their authors, and others are refused. */
export const StrictSign = 'StrictSign'
/** Messages carry neither author nor signature, and those that do are refused. */
export const StrictNoSign = 'StrictNoSign'

/** https://github.com/libp2p/specs/blob/master/pubsub/README.md#signature-policy-options */
export type SignaturePolicy = typeof StrictSign | typeof StrictNoSign

/** How long each field is; -1: absent. */
interface FieldLengths {
  length(field: number): number
}

const SEQNO_BYTES = 8

/** Why the message breaks the policy, as far as its fields tell. Absent means absent: an empty field is there. */
export function breaks(policy: SignaturePolicy, fields: FieldLengths): RejectReason | undefined {
  return policy === StrictSign ? breaksStrictSign(fields) : breaksStrictNoSign(fields)
}

function breaksStrictSign(fields: FieldLengths): RejectReason | undefined {
  if (fields.length(SIGNATURE) < 0) return 'missing signature'
  if (fields.length(FROM) < 0 || fields.length(SEQNO) !== SEQNO_BYTES) return 'invalid signature'
  return undefined
}

function breaksStrictNoSign(fields: FieldLengths): RejectReason | undefined {
  if (fields.length(SIGNATURE) >= 0) return 'unexpected signature'
  const isAnonymous = fields.length(FROM) < 0 && fields.length(SEQNO) < 0 && fields.length(KEY) < 0
  return isAnonymous ? undefined : 'unexpected auth info'
}
