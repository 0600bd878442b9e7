/** The page: a node, its room, and what is drawn of both. */
import { TOPIC } from '../protocols.ts'
import { type Person, Room } from '../room.ts'
import { avatar } from './avatar.ts'
import { Chart, rate, SAMPLE_MS, size } from './chart.ts'
import { showConnections } from './connections.ts'
import { Graph } from './graph.ts'
import { keepLinked, speedTest, startNode } from './link.ts'
import { Messages } from './messages.ts'
import { traffic } from './traffic.ts'

const NAMES = [
  'Ada',
  'Grace',
  'Edsger',
  'Barbara',
  'Alan',
  'Radia',
  'Vint',
  'Donald',
  'Frances',
  'Claude',
  'Hedy',
  'Leslie'
]
const SPEED_TEST_BYTES = 64_000_000

const at = <T extends Element = HTMLElement>(id: string): T => document.getElementById(id) as unknown as T
const nameField = at<HTMLInputElement>('name')
const textField = at<HTMLInputElement>('text')
const speedButton = at<HTMLButtonElement>('speed')

const node = await startNode()
const peerId = node.peerId.toString()
nameField.value = sessionStorage.getItem('name') ?? new URLSearchParams(location.search).get('name') ?? someName()
at('my-avatar').innerHTML = avatar(peerId)

const messages = new Messages(at('messages'), peerId)
const graph = new Graph(at<SVGSVGElement>('graph'))
const chart = new Chart(at<HTMLCanvasElement>('chart'))
let hubId: string | undefined
let known = new Map<string, Person>()

const room = new Room({
  pubsub: node.services.pubsub,
  self: { peerId, name: nameField.value, kind: 'tab' },
  topic: TOPIC,
  onLine(line) {
    messages.add(line)
    graph.fly(line.from, hubId)
  },
  onPeople: showPeople
})
keepLinked(node, {
  onUp,
  onDown,
  onPing: ms => at('rtt').replaceChildren(`${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`)
})
showPeople()
setInterval(sample, SAMPLE_MS)

at('say').addEventListener('submit', event => {
  event.preventDefault()
  const text = textField.value.trim()
  textField.value = ''
  if (text !== '') void room.say(text)
})
nameField.addEventListener('change', () => {
  sessionStorage.setItem('name', nameField.value)
  room.rename(nameField.value)
})
speedButton.addEventListener('click', () => void measureSpeed())
addEventListener('pagehide', () => void room.leave())

function someName(): string {
  return NAMES[peerId.charCodeAt(peerId.length - 1) % NAMES.length] as string
}

function onUp(id: string): void {
  hubId = id
  showStatus('up', 'connected')
  room.announce()
  showPeople()
}

function onDown(): void {
  showStatus('down', 'connecting…')
  at('rtt').replaceChildren('–')
  showPeople()
}

function showStatus(state: 'up' | 'down', text: string): void {
  at('status').dataset.state = state
  at('status-text').textContent = text
}

function showPeople(): void {
  const { people } = room
  for (const person of people.values()) if (!known.has(person.peerId)) messages.note('came in', person)
  for (const person of known.values()) if (!people.has(person.peerId)) messages.note('left', person)
  known = new Map(people)
  const seenAt = Date.now()
  const hub =
    hubId === undefined ? undefined : (people.get(hubId) ?? { peerId: hubId, name: 'Node', kind: 'node', seenAt })
  graph.show({
    self: { peerId, name: nameField.value, kind: 'tab', seenAt },
    ...{ hub, isUp: at('status').dataset.state === 'up' },
    others: [...people.values()].filter(person => person.peerId !== hubId)
  })
  at('people-count').textContent = String(people.size + 1)
}

let before = { ...traffic, at: performance.now() }
function sample(): void {
  const now = { ...traffic, at: performance.now() }
  const seconds = (now.at - before.at) / 1000
  const received = (now.received - before.received) / seconds
  const sent = (now.sent - before.sent) / seconds
  before = now
  chart.add({ received, sent })
  at('rate-in').textContent = rate(received)
  at('rate-out').textContent = rate(sent)
  at('total-in').textContent = `${size(now.received)} in all`
  at('total-out').textContent = `${size(now.sent)} in all`
  showConnections(at('connections'), node)
}

async function measureSpeed(): Promise<void> {
  speedButton.disabled = true
  try {
    const bytesPerSecond = await speedTest(node, SPEED_TEST_BYTES)
    messages.note(`${size(SPEED_TEST_BYTES)} there and back: ${rate(bytesPerSecond)}, both ways together`)
  } catch (err) {
    messages.note(`the test did not end: ${err instanceof Error ? err.message : err}`)
  } finally {
    speedButton.disabled = false
  }
}
