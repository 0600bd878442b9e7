/**
 * An unmodified js-libp2p node driven by JSON lines: `{ "id": 1, "cmd": "dial", … }` on standard input is answered by
 * `{ "id": 1, "ok": true, … }` or `{ "id": 1, "ok": false, "error": "…" }` on standard output. The commands and the
 * test protocols are described in `interop/README.md`.
 */
import { connectCommands } from './commands/connect.ts'
import { dhtCommands } from './commands/dht.ts'
import { mdnsCommands } from './commands/mdns.ts'
import { pubsubCommands } from './commands/pubsub.ts'
import { streamCommands } from './commands/streams.ts'
import { serve } from './lines.ts'
import { startNode } from './node.ts'
import { answerTestProtocols } from './protocols.ts'

const node = await startNode()
const stats = await answerTestProtocols(node)

serve({
  ...connectCommands(node),
  ...streamCommands(node, stats),
  ...pubsubCommands(node),
  ...dhtCommands(node),
  ...mdnsCommands
})
