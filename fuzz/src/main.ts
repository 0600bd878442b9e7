/**
 * Feeds the decoders what nobody would send, and compares muxer and stream with their models:
 * `pnpm fuzz --seconds 30 --histories 100000 --only yamux,envelope,stream-model --seed x`.
 *
 * What it finds is printed and kept in `findings/`; inputs that reached new code are added to `corpus/`. Exits with 1
 * when something was found.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { toHex } from '@ts-libp2p/bytes'
import { readCorpus, writeCorpus } from './corpus.ts'
import type { Model } from './model.ts'
import { modulesIn } from './modules.ts'
import { runModel } from './run-model.ts'
import { runTarget, type TargetFailure } from './run-target.ts'

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    histories: { type: 'string', default: '60000' },
    only: { type: 'string' },
    seed: { type: 'string', default: process.env.PROPERTY_SEED ?? String(Date.now()) }
  }
})
const targets = modulesIn('targets')
const models = modulesIn('models')
const wanted = options.only?.split(',') ?? [...models.keys(), ...targets.keys()]
const unknown = wanted.filter(name => !targets.has(name) && !models.has(name))
if (unknown.length > 0) {
  throw new Error(
    `nothing is called ${unknown.join(', ')}; there are ${[...models.keys(), ...targets.keys()].join(', ')}`
  )
}

console.log(`seed ${options.seed}`)
let histories = 0
for (const name of wanted.filter(each => models.has(each))) histories += await follow(name)
if (histories > 0) console.log(`${histories} histories in all\n`)

let cases = 0
const decoders = wanted.filter(name => targets.has(name))
if (decoders.length > 0) console.log(row('decoder', 'cases', 'accepted', 'blocks', 'new inputs'))
for (const name of decoders) cases += await fuzzOne(name)
if (decoders.length > 0) console.log(`${cases} cases in all`)

async function follow(name: string): Promise<number> {
  const { model } = (await import(models.get(name) as string)) as { model: Model }
  const count = Number(options.histories)
  const startedAt = performance.now()
  try {
    await runModel(model, options.seed, count)
  } catch (err) {
    process.exitCode = 1
    console.error(err)
    return 0
  }
  console.log(`${name}: ${count} histories in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  return count
}

async function fuzzOne(name: string): Promise<number> {
  const kept = readCorpus(name)
  const { seed, seconds } = options
  const module = targets.get(name) as string
  const outcome = await runTarget({ module, kept, seed, maxMs: Number(seconds) * 1000 })
  if ('failure' in outcome) {
    report(name, outcome.failure)
    return 0
  }
  const { result } = outcome
  writeCorpus(name, [...kept, ...result.grown])
  console.log(row(name, ...[result.cases, result.accepted, result.blocks, result.grown.length].map(String)))
  return result.cases
}

function row(name: string, ...cells: string[]): string {
  return `${name.padEnd(22)}${cells.map(cell => cell.padStart(11)).join('')}`
}

function report(name: string, { message, stack, input }: TargetFailure): void {
  process.exitCode = 1
  const folder = new URL('../findings/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const file = new URL(`${name}-${Date.now()}.hex`, folder)
  writeFileSync(file, `${toHex(input)}\n`)
  console.error(`${name}: ${message}\n${stack ?? ''}\nthe input, ${input.byteLength} bytes, is in ${file.pathname}`)
}
