import type { MessageStreamDirection } from '@ts-libp2p/interface'

/** Bytes that one end sent at one moment. */
export interface Flight {
  readonly from: MessageStreamDirection
  /** Unix milliseconds of the wire's clock. */
  readonly atMs: number
  readonly bytes: number
}

/** Adds a flight, joined to the last one of its end where that left at the same moment. */
export function recordFlight(flights: Flight[], flight: Flight): void {
  const at = flights.findLastIndex(other => other.from === flight.from)
  const last = flights[at]
  if (last?.atMs === flight.atMs) flights[at] = { ...last, bytes: last.bytes + flight.bytes }
  else flights.push(flight)
}
