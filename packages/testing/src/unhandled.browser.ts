import type { Undo } from '@ts-libp2p/interface'

/** Reports every rejection that nobody handles. */
export function onUnhandledRejection(note: (reason: unknown) => void): Undo {
  const listener = ({ reason }: { reason: unknown }): void => note(reason)
  const target = globalThis as unknown as Record<
    'addEventListener' | 'removeEventListener',
    (type: string, fn: typeof listener) => void
  >
  target.addEventListener('unhandledrejection', listener)
  return () => target.removeEventListener('unhandledrejection', listener)
}
