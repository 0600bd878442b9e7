import type { Reporter, TestModule } from 'vitest/node'

/** Says how many tests of each package passed, after the run. */
export class PackageCounts implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = new Map<string, { files: number; tests: number; passed: number }>()
    for (const module of modules) {
      const name = /(?:packages|interop)\/[^/]+/.exec(module.moduleId)?.[0] ?? module.moduleId
      const of = counts.get(name) ?? { files: 0, tests: 0, passed: 0 }
      counts.set(name, of)
      of.files++
      for (const test of module.children.allTests()) {
        of.tests++
        if (test.result().state === 'passed') of.passed++
      }
    }
    for (const [name, { files, tests, passed }] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      console.log(`${name.padEnd(32)} ${String(passed).padStart(5)} of ${tests} in ${files} files`)
    }
  }
}
