import dns from 'dns-packet'
import { MdnsError } from './errors.ts'
import { MAX_PACKET_BYTES, MAX_RECORDS_PER_PACKET } from './limits.ts'

export interface Question {
  readonly name: string
  readonly type: string
}

/** A record of a kind that we look at. */
export type Resource = { readonly name: string; readonly ttlSeconds: number } & (
  | { readonly type: 'PTR'; readonly target: string }
  | { readonly type: 'TXT'; readonly strings: readonly Uint8Array[] }
  | { readonly type: 'SRV'; readonly target: string; readonly port: number }
  | { readonly type: 'A' | 'AAAA'; readonly ip: string }
)

export interface Packet {
  readonly id: number
  readonly isResponse: boolean
  readonly questions: readonly Question[]
  readonly answers: readonly Resource[]
  readonly additionals: readonly Resource[]
}

const HEADER_BYTES = 12
/** A question has at least an empty name, a type and a class. */
const MIN_RECORD_BYTES = 5

export function encodePacket({ id, isResponse, questions, answers, additionals }: Packet): Uint8Array {
  return dns.encode({
    type: isResponse ? 'response' : 'query',
    id,
    flags: isResponse ? dns.AUTHORITATIVE_ANSWER : 0,
    questions: questions.map(({ name, type }) => ({ name, type: type as dns.RecordType, class: 'IN' as const })),
    answers: answers.map(toAnswer),
    additionals: additionals.map(toAnswer)
  })
}

/** Throws an `MdnsError` (`malformed`). Records of other kinds and classes are left out. */
export function decodePacket(bytes: Uint8Array): Packet {
  checkCounts(bytes)
  const { id = 0, type, questions = [], answers = [], additionals = [] } = decode(bytes)
  return {
    id,
    isResponse: type === 'response',
    questions: questions.filter(isInternet).map(({ name, type }) => ({ name, type })),
    answers: answers.flatMap(toResource),
    additionals: additionals.flatMap(toResource)
  }
}

/** Before anything is made of it: the library makes room for as many records as the header claims. */
function checkCounts(bytes: Uint8Array): void {
  if (bytes.byteLength < HEADER_BYTES || bytes.byteLength > MAX_PACKET_BYTES) {
    throw new MdnsError('malformed', `a packet of ${bytes.byteLength} bytes`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES)
  const count = [4, 6, 8, 10].reduce((sum, at) => sum + view.getUint16(at), 0)
  const most = Math.min(MAX_RECORDS_PER_PACKET, (bytes.byteLength - HEADER_BYTES) / MIN_RECORD_BYTES)
  if (count > most) throw new MdnsError('malformed', `a packet of ${bytes.byteLength} bytes with ${count} records`)
}

function decode(bytes: Uint8Array): dns.DecodedPacket {
  try {
    return dns.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  } catch (cause) {
    throw new MdnsError('malformed', `${bytes.byteLength} bytes that are no DNS packet`, { cause })
  }
}

/** Class IN, with or without the bit that asks for an answer to the asker alone. */
function isInternet({ class: name }: { class?: string | undefined }): boolean {
  return name === 'IN' || name === 'UNKNOWN_32769'
}

function toAnswer(record: Resource): dns.Answer {
  const { name, ttlSeconds: ttl } = record
  switch (record.type) {
    case 'PTR':
      return { name, ttl, type: 'PTR', class: 'IN', data: record.target }
    case 'TXT':
      return { name, ttl, type: 'TXT', class: 'IN', data: record.strings.map(bytes => Buffer.from(bytes)) }
    case 'SRV':
      return { name, ttl, type: 'SRV', class: 'IN', data: { port: record.port, target: record.target } }
    default:
      return { name, ttl, type: record.type, class: 'IN', data: record.ip }
  }
}

function toResource(answer: dns.Answer): Resource[] {
  if (!('ttl' in answer) || !isInternet(answer)) return []
  const base = { name: answer.name, ttlSeconds: answer.ttl ?? 0 }
  switch (answer.type) {
    case 'PTR':
      return [{ ...base, type: 'PTR', target: answer.data }]
    case 'TXT':
      return [{ ...base, type: 'TXT', strings: toStrings(answer.data) }]
    default:
      return []
  }
}

/** Bytes of their own: the packet is let go. */
function toStrings(data: dns.TxtData): Uint8Array[] {
  return [data].flat().map(text => new Uint8Array(Buffer.from(text)))
}
