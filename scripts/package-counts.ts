import type { Reporter, TestModule } from 'vitest/node'

/** How many tests of a package passed, and how many there are. */
interface Count {
  passed: number
  tests: number
}

const ALL = 'all'

/** Says how many tests of each package passed, after the run, in a column for each place where they ran. */
export class PackageCounts implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const places = [...new Set(modules.map(placeOf))]
    const rows = new Map<string, Map<string, Count>>([[ALL, new Map()]])
    for (const module of modules) {
      for (const name of [packageOf(module), ALL]) {
        const row = rows.get(name) ?? new Map<string, Count>()
        rows.set(name, row)
        row.set(placeOf(module), sum(row.get(placeOf(module)), module))
      }
    }
    console.log(line('', places))
    for (const [name, row] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const cells = places.map(place => row.get(place)).map(count => (count ? `${count.passed} of ${count.tests}` : ''))
      console.log(line(name, cells))
    }
  }
}

/** A project may have several names in one place: `page, simulation`. */
function placeOf(module: TestModule): string {
  return module.project.name.split(',')[0] as string
}

function packageOf({ moduleId }: TestModule): string {
  return /(?:packages|interop|examples)\/[^/]+/.exec(moduleId)?.[0] ?? moduleId
}

function sum({ passed, tests }: Count = { passed: 0, tests: 0 }, module: TestModule): Count {
  const states = [...module.children.allTests()].map(test => test.result().state)
  return { passed: passed + states.filter(state => state === 'passed').length, tests: tests + states.length }
}

function line(name: string, cells: readonly string[]): string {
  return name.padEnd(30) + cells.map(cell => cell.padStart(16)).join('')
}
