import type { Libp2pNode } from '@ts-libp2p/libp2p'

/** The TCP port of the node's first address. */
export function portOf(node: Pick<Libp2pNode, 'getMultiaddrs'>): number {
  return Number(
    node
      .getMultiaddrs()[0]
      ?.getComponents()
      .find(({ name }) => name === 'tcp')?.value
  )
}
