import type { Logger } from '@ts-libp2p/interface'

/** A log that writes nothing. */
export const noLog: Logger = Object.assign(() => {}, {
  error: () => {},
  trace: () => {},
  enabled: false,
  newScope: () => noLog
})
