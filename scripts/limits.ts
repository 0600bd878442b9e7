/**
 * Keeps the table of limits in `SECURITY.md`: `node scripts/limits.ts` writes it, with `--check` it fails when it is not
 * what the packages say. Names, values and reasons are read from every `packages/<name>/src/limits.ts`, and from the tests
 * which of them look at a limit by its name.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'

const FILE = 'SECURITY.md'
const BEGIN = '<!-- limits: written by scripts/limits.ts -->'
const END = '<!-- /limits -->'
const TEST_FOLDERS = ['robustness/hostile', 'robustness/faults', 'robustness/soak', 'fuzz/targets', 'fuzz/models']

interface Limit {
  readonly name: string
  readonly value: string
  readonly what: string
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(path => `${folder}/${path}`)
    .filter(path => path.endsWith('.ts') && !path.includes('node_modules'))
    .sort()
}

/** The exported constants of a file, each with the sentence before it. */
function limitsIn(text: string): Limit[] {
  const constants = text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n((?:export const [\s\S]*?\n(?=\n|\/\*\*|$))+)/g)
  const found: Limit[] = []
  for (const [, comment = '', block = ''] of constants) {
    for (const [, name = '', value = ''] of block.matchAll(/export const (\w+)(?:: [^=]+)? = ([^\n{]+)$/gm)) {
      found.push({ name, value: readable(value), what: firstSentence(comment) })
    }
  }
  return found
}

/** Limits that are fields of one object with a documented interface. */
function fieldsIn(text: string): Limit[] {
  const [, defaults = ''] = /DEFAULT_LIMITS[^=]*= \{\n([\s\S]*?)\n\}/.exec(text) ?? []
  const values = new Map(
    [...defaults.matchAll(/^ {2}(\w+): (.+?),?$/gm)].map(([, name = '', value = '']) => [name, value])
  )
  return [...text.matchAll(/\/\*\* ((?:(?!\*\/)[\s\S])*?) ?\*\/\n {2}(\w+): number$/gm)]
    .filter(([, , name = '']) => values.has(name))
    .map(([, comment = '', name = '']) => ({
      name,
      value: readable(values.get(name) as string),
      what: firstSentence(comment)
    }))
}

/** A number with its thousands apart, and products worked out. */
function readable(code: string): string {
  const plain = code.replaceAll('_', '').trim()
  if (!/^[\d\s*+\-/().x a-f]+$/i.test(plain)) return `\`${code.trim()}\``
  const value = plain.split('**').length === 2 ? power(plain) : product(plain)
  return value === undefined ? `\`${code.trim()}\`` : value.toLocaleString('en')
}

function power(text: string): number | undefined {
  const [, base, exponent, less] = /^(\d+) \*\* (\d+)(?: - (\d+))?$/.exec(text) ?? []
  return base === undefined ? undefined : Number(base) ** Number(exponent) - Number(less ?? 0)
}

function product(text: string): number | undefined {
  const [factors = '', less = '0'] = text.split(' - ')
  const value = factors.split('*').reduce((all, factor) => all * Number(factor.trim()), 1) - Number(less)
  return Number.isFinite(value) ? value : undefined
}

function firstSentence(comment: string): string {
  const text = comment.replace(/\s*\n\s*\*?\s*/g, ' ').trim()
  const end = text.search(/[.:](?: [A-Z]|$)/)
  return (end === -1 ? text : text.slice(0, end)).replaceAll('|', '\\|')
}

/** Test files that name the limit, or a field of it. */
function testsOf(name: string, tests: ReadonlyMap<string, string>): string {
  const word = new RegExp(`\\b${name}\\b`)
  const found = [...tests].filter(([, text]) => word.test(text)).map(([path]) => path)
  if (found.length === 0) return ''
  const shown = found.slice(0, 2).map(path => `[${(path.split('/').at(-1) as string).replace(/\.ts$/, '')}](${path})`)
  return `${shown.join(', ')}${found.length > 2 ? ` and ${found.length - 2} more` : ''}`
}

function section(name: string): string {
  const text = readFileSync(`packages/${name}/src/limits.ts`, 'utf8')
  const limits = [...limitsIn(text), ...fieldsIn(text)]
  if (limits.length === 0) return ''
  const folders = [`packages/${name}/test`, ...TEST_FOLDERS]
  const tests = new Map(folders.flatMap(filesIn).map(path => [path, readFileSync(path, 'utf8')]))
  const rows = limits.map(
    ({ name: limit, value, what }) => `| \`${limit}\` | ${value} | ${what} | ${testsOf(limit, tests)} |`
  )
  return [`### ${name}`, '', '| limit | value | what | named in |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

/** Names, values and reasons. Which tests look at them changes with every test, and is no promise. */
function withoutTests(text: string): string {
  return text.replace(/^(\| `.*\|)[^|\n]*\|$/gm, '$1')
}

const names = readdirSync('packages')
  .filter(name => existsSync(`packages/${name}/src/limits.ts`))
  .sort()
const table = names
  .map(section)
  .filter(text => text !== '')
  .join('\n\n')
const before = readFileSync(FILE, 'utf8')
const [head = ''] = before.split(BEGIN)
const [, tail = ''] = before.split(END)
const after = `${head}${BEGIN}\n\n${table}\n\n${END}${tail}`

if (!process.argv.includes('--check')) writeFileSync(FILE, after)
else if (withoutTests(after) !== withoutTests(before)) {
  console.error(`${FILE} does not say what the packages do: run \`pnpm limits\``)
  process.exitCode = 1
}
