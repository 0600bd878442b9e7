import { type BaseBlock, Boolean as Bool, Constructed, ObjectIdentifier, OctetString, Sequence } from 'asn1js'
import { parseDer } from './der.ts'
import { TlsError } from './errors.ts'

export interface Extension {
  readonly oid: string
  readonly isCritical: boolean
  readonly value: Uint8Array
}

/** Of the context-specific element that holds the extensions. RFC 5280, section 4.1. */
const CONTEXT_CLASS = 3
const EXTENSIONS_TAG = 3

/** The extensions of a certificate, in order. Throws a `TlsError` (`malformed-certificate`). */
export function readExtensions(certificate: Uint8Array): Extension[] {
  const element = parseDer(certificate)
  if (element === undefined) throw malformed('it is no DER')
  const [toBeSigned] = elements(element)
  const holder = elements(toBeSigned).find(isExtensions)
  if (holder === undefined) return []
  const [list] = elements(holder)
  return elements(list).map(readExtension)
}

function readExtension(block: BaseBlock): Extension {
  const parts = elements(block)
  const [oid, second] = parts
  const value = parts.at(-1)
  const isShaped = parts.length === 2 || (parts.length === 3 && second instanceof Bool)
  if (!isShaped || !(oid instanceof ObjectIdentifier) || !(value instanceof OctetString)) {
    throw malformed('an extension is not one')
  }
  const isCritical = second instanceof Bool && second.getValue()
  return { oid: oid.getValue(), isCritical, value: value.valueBlock.valueHexView }
}

function isExtensions(block: BaseBlock): boolean {
  return block.idBlock.tagClass === CONTEXT_CLASS && block.idBlock.tagNumber === EXTENSIONS_TAG
}

function elements(block: BaseBlock | undefined): BaseBlock[] {
  if (block instanceof Sequence || block instanceof Constructed) return block.valueBlock.value
  throw malformed('its structure is another')
}

function malformed(why: string): TlsError {
  return new TlsError('malformed-certificate', `the remote's certificate cannot be read: ${why}`)
}
