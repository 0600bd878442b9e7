/** Runs modules one after the other: `run.ts <folder> <module>…`. Prints what each came to, a line each, and ends. */
import { join } from 'node:path'
import { format } from 'node:util'

const [, , folder = '', ...modules] = process.argv
const print = console.error.bind(console)
// What samples print goes nowhere.
for (const method of ['log', 'info', 'warn', 'error'] as const) console[method] = () => {}

// A sample may wait for what does not keep a process alive.
setInterval(() => {}, 60_000)

let failure: unknown
process.on('unhandledRejection', reason => {
  failure ??= reason
})
process.on('uncaughtException', error => {
  failure ??= error
})

for (const module of modules) {
  failure = undefined
  try {
    await import(join(folder, module))
  } catch (error) {
    failure ??= error
  }
  print(JSON.stringify({ module, failure: failure === undefined ? undefined : format(failure) }))
}
process.exit(0)
