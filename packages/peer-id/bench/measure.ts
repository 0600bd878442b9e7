const ROUND_MS = 30
const ROUNDS = 5

/** Prints the best of some rounds, in nanoseconds per call. */
export function report(label: string, run: () => unknown): void {
  for (let i = 0; i < 50; i++) run()
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) best = Math.min(best, oneRound(run))
  console.log(`${label.padEnd(44)}${(best * 1e6).toFixed(0).padStart(8)} ns`)
}

function oneRound(run: () => unknown): number {
  for (let calls = 1; ; calls *= 2) {
    const begin = performance.now()
    for (let i = 0; i < calls; i++) run()
    const elapsed = performance.now() - begin
    if (elapsed >= ROUND_MS) return elapsed / calls
  }
}
