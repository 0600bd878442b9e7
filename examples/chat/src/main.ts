/**
 * A chat in the terminal. Everybody in a room is in the gossipsub topic of its name; messages are signed, so that nobody
 * can speak in another's name. Others on the local network are found by multicast; the first on a machine listens at a
 * known port besides, for networks that carry none.
 */
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { gossipsub, type Message } from '@ts-libp2p/gossipsub'
import { createLibp2p, multiaddr } from '@ts-libp2p/libp2p'
import { mdns } from '@ts-libp2p/mdns'

const MEETING_PORT = 4477
const MAX_TEXT_CHARS = 1000

const { values, positionals } = parseArgs({
  options: { name: { type: 'string' }, room: { type: 'string', default: 'lobby' } },
  allowPositionals: true
})

const node = await startNode([`/ip4/0.0.0.0/tcp/${MEETING_PORT}`]).catch(() => startNode(['/ip4/0.0.0.0/tcp/0']))
const { pubsub } = node.services
const name = values.name ?? node.peerId.toString().slice(-4)
const room = pubsub.topic(`/chat/1.0.0/${values.room}`)

const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: `${name}> ` })
let isOver = false
const print = (text: string): void => {
  process.stdout.write(`\r\x1b[K${text}\n`)
  if (!isOver) lines.prompt(true)
}

print(`you are ${name} in ${values.room}, at ${node.getMultiaddrs().map(String).join(' ')}`)
pubsub.addEventListener('subscription-change', ({ detail }) => {
  for (const { topic, subscribe } of detail.subscriptions) {
    if (topic === room.name) print(`* ${String(detail.peerId).slice(-4)} ${subscribe ? 'came' : 'left'}`)
  }
})
void listen()
await meet()

lines.on('line', line => void say(line.trim()))
lines.on('close', () => {
  isOver = true
  void leave()
})
lines.prompt()

function startNode(listen: string[]) {
  return createLibp2p({ addresses: { listen }, services: { pubsub: gossipsub(), mdns: mdns() } })
}

/** Dials whoever is on the local network, and whom the command line names, or whoever was first on this machine. */
async function meet(): Promise<void> {
  node.addEventListener('peer:discovery', ({ detail }) => void node.dial(detail.id).catch(() => {}))
  const addresses = positionals.length > 0 ? positionals : [`/ip4/127.0.0.1/tcp/${MEETING_PORT}`]
  for (const address of addresses) {
    try {
      await node.dial(multiaddr(address))
    } catch (err) {
      if (positionals.length > 0) print(`* nobody at ${address}: ${err instanceof Error ? err.message : err}`)
    }
  }
}

async function listen(): Promise<void> {
  for await (const message of room) print(textOf(message))
}

/** What others write is shown as text, whatever it is: no control characters. */
function textOf(message: Message): string {
  const { from = '', text = '' } = parse(message.data)
  const author = message.type === 'signed' ? message.from.toString().slice(-4) : ''
  return `${plain(from)} (${author}): ${plain(text)}`
}

function parse(data: Uint8Array): { from?: string; text?: string } {
  try {
    const { from, text } = JSON.parse(new TextDecoder().decode(data))
    return { from: String(from), text: String(text) }
  } catch {
    return {}
  }
}

function plain(text: string): string {
  return text.slice(0, MAX_TEXT_CHARS).replaceAll(/\p{Cc}/gu, ' ')
}

async function say(text: string): Promise<void> {
  if (text === '/quit') {
    lines.close()
    return
  }
  if (text === '/peers') print(room.subscribers().map(String).join('\n') || '* nobody else is here')
  else if (text !== '') await room.publish(new TextEncoder().encode(JSON.stringify({ from: name, text })))
  if (!isOver) lines.prompt()
}

async function leave(): Promise<void> {
  await node.stop()
  process.exit(0)
}
