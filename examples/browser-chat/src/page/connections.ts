/** The node's connections, with what they agreed on and the streams that run in them. */
import type { ChatNode } from './link.ts'
import { part } from './messages.ts'

type Connection = ReturnType<ChatNode['getConnections']>[number]

export function showConnections(into: HTMLElement, node: ChatNode): void {
  const connections = node.getConnections()
  into.replaceChildren(...(connections.length > 0 ? connections.map(block) : [part('p', 'empty', 'none')]))
}

function block(connection: Connection): HTMLElement {
  const made = part('div', 'connection')
  const address = part('code', 'address', String(connection.remoteAddr).replace(/\/p2p\/.*/, ''))
  const peer = part('code', 'peer-id', String(connection.remotePeer))
  const layers = part('div', 'layers')
  for (const layer of [connection.encryption, connection.multiplexer]) layers.append(part('span', 'chip', layer ?? ''))
  const streams = part('ul', 'streams')
  for (const stream of connection.streams) streams.append(row(stream))
  made.append(address, peer, layers, streams)
  return made
}

function row({ protocol, direction, writeBufferLength }: Connection['streams'][number]): HTMLElement {
  const item = part('li', direction)
  item.append(part('i', 'way', direction === 'inbound' ? '↓' : '↑'), part('code', '', protocol || 'negotiating…'))
  if (writeBufferLength > 0) item.append(part('small', '', `${Math.ceil(writeBufferLength / 1000)} kB wait`))
  return item
}
