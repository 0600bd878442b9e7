/** The network as this tab knows it: the Node process in the middle, the tabs around it, what is said on its way. */
import type { Person } from '../room.ts'
import { hueOf } from './avatar.ts'

const SVG = 'http://www.w3.org/2000/svg'
const CENTER = { x: 170, y: 82 }
const RADIUS = { x: 126, y: 62 }
const FLIGHT_MS = 450
const MAX_LABEL_CHARS = 14

export interface GraphState {
  readonly self: Person
  readonly hub: Person | undefined
  readonly isUp: boolean
  /** Beside the hub and ourselves. */
  readonly others: readonly Person[]
}

interface Place {
  readonly x: number
  readonly y: number
}

export class Graph {
  private readonly svg: SVGSVGElement
  private places: Map<string, Place> = new Map()

  constructor(svg: SVGSVGElement) {
    this.svg = svg
  }

  show({ self, hub, isUp, others }: GraphState): void {
    const ring = [self, ...others]
    this.places = new Map(ring.map((person, i) => [person.peerId, placeOf(i, ring.length)]))
    if (hub !== undefined) this.places.set(hub.peerId, CENTER)
    const links = hub === undefined ? [] : ring.map(person => this.link(person, person === self ? isUp : undefined))
    const dots = [...(hub === undefined ? [] : [this.dot(hub, 'hub')]), this.dot(self, 'self')]
    this.svg.replaceChildren(...links, ...dots, ...others.map(person => this.dot(person, 'other')))
  }

  /** A message flies from its author to the hub, and from there to everybody else. */
  fly(from: Person, hubId: string | undefined): void {
    const start = this.places.get(from.peerId)
    if (start === undefined || hubId === undefined) return
    const isFromHub = from.peerId === hubId
    if (!isFromHub) this.pulse(start, CENTER, from, 0)
    for (const [peerId, place] of this.places) {
      if (peerId !== from.peerId && peerId !== hubId) this.pulse(CENTER, place, from, isFromHub ? 0 : FLIGHT_MS)
    }
  }

  private pulse(from: Place, to: Place, { peerId }: Person, delay: number): void {
    const dot = element('circle', { class: 'pulse', r: 5, style: `--hue:${hueOf(peerId)}` })
    this.svg.append(dot)
    const steps = [from, to].map(({ x, y }) => ({ transform: `translate(${x}px, ${y}px)` }))
    const options: KeyframeAnimationOptions = { duration: FLIGHT_MS, delay, easing: 'ease-in-out', fill: 'both' }
    dot.animate(steps, options).onfinish = () => dot.remove()
  }

  /** Our own connection, up or down, or one that we only know of. */
  private link(person: Person, isUp: boolean | undefined): SVGElement {
    const { x, y } = this.places.get(person.peerId) as Place
    const kind = isUp === undefined ? 'known' : isUp ? 'up' : 'down'
    return element('line', { class: `link ${kind}`, x1: CENTER.x, y1: CENTER.y, x2: x, y2: y })
  }

  private dot({ peerId, name }: Person, kind: 'self' | 'hub' | 'other'): SVGElement {
    const { x, y } = this.places.get(peerId) as Place
    const group = element('g', {
      class: `peer ${kind}`,
      transform: `translate(${x} ${y})`,
      style: `--hue:${hueOf(peerId)}`
    })
    const radius = kind === 'hub' ? 20 : 15
    const label = element('text', { y: radius + 15 })
    label.textContent = kind === 'self' ? 'you' : shortened(name)
    const title = element('title', {})
    title.textContent = `${name}\n${peerId}`
    group.append(title, element('circle', { class: 'halo', r: radius + 6 }), element('circle', { r: radius }), label)
    if (kind === 'hub')
      group.append(element('path', { class: 'glyph', d: 'M0 -8.5 7.4 -4.2 V4.2 L0 8.5 -7.4 4.2 V-4.2Z' }))
    else group.append(element('path', { class: 'glyph', d: 'M-6.5 -5h13v10h-13z M-6.5 -1.6h13' }))
    return group
  }
}

/** We are at the left, the others in a fan at the right, which opens as they become more. */
function placeOf(index: number, count: number): Place {
  const opening = Math.min(0.78, 0.08 + 0.06 * count) * Math.PI
  const angle = index === 0 ? Math.PI : count === 2 ? 0 : opening * ((2 * (index - 1)) / (count - 2) - 1)
  return { x: CENTER.x + RADIUS.x * Math.cos(angle), y: CENTER.y + RADIUS.y * Math.sin(angle) }
}

function shortened(name: string): string {
  return name.length > MAX_LABEL_CHARS ? `${name.slice(0, MAX_LABEL_CHARS - 1)}…` : name
}

function element(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  return made
}
