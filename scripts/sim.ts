/** Runs the simulation of a package at length, by the name of its file in the `sim` folder: `pnpm sim dht cold`. */
import { globSync } from 'node:fs'
import { basename, resolve } from 'node:path'

const [node = '', , name = '', ...args] = process.argv
const programs = new Map(globSync('packages/*/sim/*.ts').map(path => [basename(path, '.ts'), path]))
const program = programs.get(name)
if (program === undefined) throw new Error(`name a simulation, e.g. dht; there is none called ${name}`)
process.argv = [node, program, ...args]
await import(resolve(program))
