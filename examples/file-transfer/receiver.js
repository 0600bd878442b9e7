// Serves the page, and receives the files that are dropped on it.
import { mkdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { createLibp2p } from '@ts-libp2p/libp2p'
import { FILE_TRANSFER } from './protocol.js'
import { receive } from './receive.js'
import { servePage } from './serve-page.js'

const { values } = parseArgs({
  options: { port: { type: 'string', default: '4500' }, folder: { type: 'string', default: 'received' } }
})
await mkdir(values.folder, { recursive: true })

const node = await createLibp2p({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] } })
await node.handle(FILE_TRANSFER, (stream, connection) => receive(stream, connection.remotePeer, values.folder))

const url = await servePage(Number(values.port), node.getMultiaddrs().map(String))
console.log(`open ${url} and drop files on it; they come to ${values.folder}/`)
