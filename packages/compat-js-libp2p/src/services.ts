import type { Node, ServiceFactory } from '@ts-libp2p/interface'
import { componentsOf, type Libp2pComponents, nodeBehind } from './components.ts'
import { ComponentsNode, type NodeParts } from './node.ts'

/** Factories of js-libp2p's services, as its `createLibp2p` takes them. */
export type Libp2pServices<Services> = {
  [Name in keyof Services]: (components: Libp2pComponents & Services) => Services[Name]
}

/**
 * Services of js-libp2p for a node of ours. They find each other by their names; those that one of them needs belong
 * beside it. What is `given` is added to what they see of the node, or stands in for it: a `datastore`, for instance,
 * which is in memory otherwise.
 *
 * @example
 * createLibp2p({ services: fromLibp2p({ ping: ping(), dht: kadDHT({ clientMode: true }) }, { datastore }) })
 */
export function fromLibp2p<Services extends Record<string, unknown>>(
  services: Libp2pServices<Services>,
  given: Partial<Libp2pComponents> = {}
): { [Name in keyof Services]: ServiceFactory<Services[Name]> } {
  const seen = new WeakMap<Node, Libp2pComponents & Services>()
  const componentsFor = (node: Node): Libp2pComponents & Services => {
    const known = seen.get(node)
    if (known !== undefined) return known
    const components = componentsOf(node, given) as Libp2pComponents & Services
    seen.set(node, components)
    return components
  }
  const factories = Object.entries(services).map(([name, make]) => {
    const factory = (node: Node): unknown => {
      const components = componentsFor(node)
      const service: unknown = make(components)
      Object.assign(components, { [name]: service })
      return service
    }
    return [name, factory]
  })
  return Object.fromEntries(factories)
}

/**
 * A service of ours for a node of js-libp2p.
 *
 * @example
 * createLibp2p({ services: { ping: asLibp2pService(ping()) } })
 */
export function asLibp2pService<Service>(factory: ServiceFactory<Service>): (components: NodeParts) => Service {
  return components => factory(nodeOf(components))
}

const nodes = new WeakMap<object, Node>()

/** One for all services of a node: they tell each other what js-libp2p has no event for. */
function nodeOf(components: NodeParts): Node {
  const known = nodeBehind(components) ?? nodes.get(components)
  if (known !== undefined) return known
  const node = new ComponentsNode(components)
  nodes.set(components, node)
  return node
}
