/** Where a stream stands, by which ends have been sent and received. */
export type StreamState = 'open' | 'sendClosed' | 'recvClosed' | 'closed' | 'aborted' | 'reset'
export type StreamTransition = 'sendFin' | 'recvFin' | 'abort' | 'reset'

/** The whole life of a stream. A transition that is not listed changes nothing. */
export const NEXT: Readonly<Record<StreamState, Partial<Record<StreamTransition, StreamState>>>> = {
  open: { sendFin: 'sendClosed', recvFin: 'recvClosed', abort: 'aborted', reset: 'reset' },
  sendClosed: { recvFin: 'closed', abort: 'aborted', reset: 'reset' },
  recvClosed: { sendFin: 'closed', abort: 'aborted', reset: 'reset' },
  closed: {},
  aborted: {},
  reset: {}
}

/** Also for the status of a stream or connection. */
export function isOver(state: string): state is 'closed' | 'aborted' | 'reset' {
  return state === 'closed' || state === 'aborted' || state === 'reset'
}
