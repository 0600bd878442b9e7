/** Sends back what it gets. */
export const ECHO = '/echo/1.0.0'
/** Reads nothing until it is woken, then tells how many bytes it got. */
export const STALL = '/stall/1.0.0'
/** Wakes it. */
export const WAKE = '/wake/1.0.0'
/** The caretaker stops the server and starts it again, and says `done`. */
export const RESTART = '/restart/1.0.0'
/** What is published here comes back as `answer: …` from the server. */
export const TOPIC = 'chat'
export const DHT = '/browsers/kad/1.0.0'

/** Where the tests' peers are, as text. */
export interface Peers {
  /** Speaks all of the above but `RESTART`. */
  readonly server: string
  /** Restarts the server, and stays. */
  readonly caretaker: string
  /** The caretaker over a secure WebSocket, with the test certificate. It echoes. */
  readonly secure: string
  /** Peers of the DHT that the browser is not told of: it finds them. */
  readonly hidden: readonly string[]
}
