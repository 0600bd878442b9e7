import type { Clock, MessageStream } from '@ts-libp2p/interface'

/** The real time: the monotonic clock, set to the Unix epoch once. Its timers do not keep a Node process alive. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(ms, fn) {
    const timer: unknown = setTimeout(fn, ms)
    if (isNodeTimer(timer)) timer.unref()
    return () => clearTimeout(timer as number)
  }
}

/** The time that a stream lives in: what stands on it lives in the same. The real time for streams of others. */
export function clockOf(stream: MessageStream): Clock {
  return (stream as { clock?: Clock }).clock ?? systemClock
}

function isNodeTimer(timer: unknown): timer is { unref(): void } {
  return typeof timer === 'object' && timer !== null && 'unref' in timer
}
