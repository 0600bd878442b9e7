/**
 * The samples of a Markdown file: its fences of `ts`. What a sample takes for granted stands before it in a comment that
 * no reader sees:
 *
 *     <!-- given
 *     const datastore = new MemoryDatastore()
 *     -->
 *
 * and `<!-- goes on -->` says that it continues the one before; `<!-- compiled only: why -->` that it is not run. An address of the documentation's networks with the peer
 * `12D3Koo…` stands for a node that runs beside the sample.
 */
export interface Sample {
  /** The first line of its code in the file, from 1. */
  readonly line: number
  readonly code: string
  readonly isRun: boolean
}

const FENCE =
  /^(?:<!-- (goes on) -->\n\n)?(?:<!-- given\n((?:(?!-->)[\s\S])*)-->\n\n)?(?:<!-- (compiled only): .+ -->\n\n)?```ts\n([\s\S]*?)\n```$/gm

export function samplesOf(markdown: string): Sample[] {
  const samples: Sample[] = []
  for (const { 0: all, 1: goesOn, 2: given = '', 3: compiledOnly, 4: code = '', index } of markdown.matchAll(FENCE)) {
    const line = markdown.slice(0, index + all.indexOf('```ts')).split('\n').length + 1
    const before = goesOn === undefined ? undefined : samples.pop()
    samples.push({
      line: before?.line ?? line,
      code: `${before?.code ?? ''}${given}${code}\n`,
      isRun: compiledOnly === undefined
    })
  }
  return samples
}

const THERE = "import * as there from '../src/samples/there.ts'\n"

/** The sample as a module: with the node that its addresses stand for, and with what its comments say checked. */
export function moduleOf(code: string): string {
  const withAddresses = code
    .replace(/'\/(?:ip4|dns4)\/[^'\s]*\/ws\/p2p\/12D3Koo…'/g, 'there.wsAddress')
    .replace(/'\/(?:ip4|dns4)\/[^'\s]*\/p2p\/12D3Koo…'/g, 'there.address')
  const checked = withAddresses.split('\n').map(checkedLine).join('\n')
  const imports = [
    checked.includes('there.') ? THERE : '',
    checked.includes('checkSample(') ? "import { deepEqual as checkSample } from 'node:assert/strict'\n" : ''
  ]
  return `${imports.join('')}${checked}\nexport {}\n`
}

/** `expression // true` says what the expression is: so it is, or the sample fails. */
function checkedLine(line: string): string {
  const [, indent = '', name, expression = '', value] =
    /^(\s*)(?:const (\w+) = )?([^/\s].*?) \/\/ (true|false|'[^'…]*')(?:[ ;,].*)?$/.exec(line) ?? []
  if (value === undefined || /[({,]$/.test(expression)) return line
  if (name === undefined) return `${indent}checkSample(${expression}, ${value})`
  return `${indent}const ${name} = ${expression}\n${indent}checkSample(${name}, ${value})`
}
