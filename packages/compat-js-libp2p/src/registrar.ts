import type { StreamHandlerRecord, Topology } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import type { Node, Undo } from '@ts-libp2p/interface'
import { CompatError, unsupported } from './errors.ts'

interface Watch {
  readonly protocol: string
  readonly topology: Topology
  readonly undo: Undo
}

/** The protocols of a node, as js-libp2p's services register theirs. It knows those that were registered through it. */
export function registrarOf(node: Node): Registrar {
  const handlers = new Map<string, StreamHandlerRecord & { undo: Undo }>()
  const watches = new Map<string, Watch>()
  let nextId = 1
  return {
    getProtocols: () => node.protocols(),
    handle: async (protocol, handler, options = {}) => {
      handlers.set(protocol, { handler, options, undo: node.handle(protocol, handler, options) })
    },
    unhandle: async protocol => {
      handlers.get(protocol)?.undo()
      handlers.delete(protocol)
    },
    getHandler: protocol => {
      const record = handlers.get(protocol)
      if (record !== undefined) return record
      throw new CompatError('unsupported', `no service of js-libp2p answers ${protocol} here`)
    },
    use: unsupported('registrar.use'),
    unuse: unsupported('registrar.unuse'),
    getMiddleware: () => [],
    register: async (protocol, topology) => {
      const id = String(nextId++)
      watches.set(id, { protocol, topology, undo: node.watch(protocol, topology) })
      return id
    },
    unregister: id => {
      watches.get(id)?.undo()
      watches.delete(id)
    },
    getTopologies: protocol => [...watches.values()].flatMap(w => (w.protocol === protocol ? [w.topology] : []))
  }
}
