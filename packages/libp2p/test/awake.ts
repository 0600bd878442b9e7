const TICK_MS = 100

/** Starts to measure how long this process is awake: while the machine does something else, no time passes. */
export function awake(): { ms(): number } {
  let ticks = 0
  const timer = setInterval(() => ticks++, TICK_MS)
  return {
    ms() {
      clearInterval(timer)
      return ticks * TICK_MS
    }
  }
}
