const ROUND_MS = 30
const ROUNDS = 5

/** Prints the best of some rounds, in microseconds per call. */
export function report(label: string, run: () => unknown): void {
  for (let i = 0; i < 50; i++) run()
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) best = Math.min(best, oneRound(run))
  console.log(`${label.padEnd(44)}${(best * 1000).toFixed(2).padStart(10)} µs`)
}

function oneRound(run: () => unknown): number {
  for (let calls = 1; ; calls *= 2) {
    const begin = performance.now()
    for (let i = 0; i < calls; i++) run()
    const elapsed = performance.now() - begin
    if (elapsed >= ROUND_MS) return elapsed / calls
  }
}
