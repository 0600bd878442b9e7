import type { ComponentLogger, Logger } from '@ts-libp2p/interface'
import { noLog } from '@ts-libp2p/stream'

/** Writes the log of those of a node's components that are `wanted`, line by line. */
export function nodeLogger(wanted: (component: string) => boolean, write: (line: string) => void): ComponentLogger {
  return { forComponent: name => loggerOf(name, wanted, write) }
}

function loggerOf(name: string, wanted: (component: string) => boolean, write: (line: string) => void): Logger {
  if (!wanted(name)) return noLog
  const log = (formatter: unknown, ...args: unknown[]): void => write(`${name} ${format(String(formatter), args)}`)
  return Object.assign(log, {
    error: log,
    trace: () => {},
    enabled: true,
    newScope: (scope: string) => loggerOf(`${name}:${scope}`, wanted, write)
  })
}

function format(text: string, args: unknown[]): string {
  let next = 0
  const filled = text.replace(/%[a-zA-Z]/g, mark => (next < args.length ? say(args[next++]) : mark))
  return [filled, ...args.slice(next).map(say)].join(' ')
}

function say(value: unknown): string {
  return value instanceof Error ? `${value.name}: ${value.message}` : String(value)
}
