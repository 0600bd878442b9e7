import type { ComponentLogger, Logger } from '@ts-libp2p/interface'
import weald from 'weald'

type Weald = ReturnType<typeof weald>

/** By component, to the console: loaded where something is switched on. */
export function debugLogger(): ComponentLogger {
  return { forComponent: name => wrap(weald(name), name) }
}

function wrap(log: Weald, name: string): Logger {
  let trace: Weald | undefined
  let error: Weald | undefined
  return Object.defineProperty(
    Object.assign((formatter: unknown, ...args: unknown[]) => log(formatter, ...args.map(readable)), {
      trace: (formatter: unknown, ...args: unknown[]) => {
        trace ??= weald(`${name}:trace`)
        if (trace.enabled) trace(formatter, ...args.map(readable))
      },
      error: (formatter: unknown, ...args: unknown[]) => {
        error ??= weald(`${name}:error`)
        if (error.enabled) error(formatter, ...args.map(readable))
      },
      newScope: (scope: string) => wrap(weald(`${name}:${scope}`), `${name}:${scope}`),
      enabled: false
    }),
    'enabled',
    { get: () => log.enabled }
  )
}

/** Peer ids, addresses and errors as the text that a reader wants; the rest as it is. */
function readable(arg: unknown): unknown {
  if (arg instanceof Error) return arg.stack ?? arg.message
  if (typeof arg === 'object' && arg !== null && arg.toString !== Object.prototype.toString) return String(arg)
  return arg
}
