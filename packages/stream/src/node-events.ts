import type { Libp2pEvents, Node, NodeEvents } from '@ts-libp2p/interface'
import { TypedEvents } from './events.ts'

export type SharedEvent = keyof NodeEvents & keyof Libp2pEvents

/** Events that a node and the ecosystem know by the same name. */
export const SHARED_EVENTS: readonly SharedEvent[] = [
  ...(['connection:open', 'connection:close', 'connection:prune', 'peer:connect', 'peer:disconnect'] as const),
  ...(['peer:reconnect-failure', 'peer:discovery', 'peer:identify', 'peer:update', 'self:peer:update'] as const),
  ...(['transport:listening', 'transport:close'] as const)
]

/**
 * A node's events as the ecosystem's modules have them: an `EventTarget` with `CustomEvent`s. What they dispatch to it
 * the node emits, and the other way round; events that a node does not know stay among its users.
 */
export class NodeEventTarget extends TypedEvents<Libp2pEvents> {
  private readonly node: Pick<Node, 'on' | 'emit'>
  private readonly heard = new Set<string>()

  constructor(node: Pick<Node, 'on' | 'emit'>) {
    super()
    this.node = node
  }

  override dispatchEvent(event: Event): boolean {
    if (!isShared(event.type)) return super.dispatchEvent(event)
    this.node.emit(event.type, (event as CustomEvent).detail)
    return true
  }

  override safeDispatchEvent<Detail>(type: keyof Libp2pEvents, init: CustomEventInit<Detail> = {}): boolean {
    return this.dispatchEvent(new CustomEvent(type, init))
  }

  protected override onListenerAdded(type: string): void {
    if (!isShared(type) || this.heard.has(type)) return
    this.heard.add(type)
    this.node.on(type, detail => super.dispatchEvent(new CustomEvent(type, { detail })))
  }
}

function isShared(type: string): type is SharedEvent {
  return SHARED_EVENTS.some(shared => shared === type)
}
