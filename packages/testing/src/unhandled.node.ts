import type { Undo } from '@ts-libp2p/interface'

/** Reports every rejection that nobody handles. */
export function onUnhandledRejection(note: (reason: unknown) => void): Undo {
  process.on('unhandledRejection', note)
  return () => void process.off('unhandledRejection', note)
}
