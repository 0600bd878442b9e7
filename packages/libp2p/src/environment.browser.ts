/** Whether anything is to be logged. */
export function isDebugOn(): boolean {
  try {
    return Boolean(globalThis.localStorage?.getItem('debug'))
  } catch {
    // Storage is denied to this page.
    return false
  }
}

/** A page has no environment that could ask for a private network. */
export function checkProtection(): void {}
