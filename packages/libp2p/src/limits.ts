/** Milliseconds that one service has to stop before the others go on without it. Three such waits stay under 5 s. */
export const SERVICE_STOP_TIMEOUT_MS = 1_000

/** Milliseconds that the peer store has to flush at the end. */
export const FLUSH_TIMEOUT_MS = 1_500
