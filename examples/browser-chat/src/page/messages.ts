/** The list of what was said. Text of others only ever becomes text. */
import type { Line, Person } from '../room.ts'
import { avatar, hueOf } from './avatar.ts'

const MAX_LINES = 500
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })

export class Messages {
  private readonly list: HTMLElement
  private readonly selfId: string
  private lastFrom: string | undefined

  constructor(list: HTMLElement, selfId: string) {
    this.list = list
    this.selfId = selfId
  }

  add({ from, text, at }: Line): void {
    const isOwn = from.peerId === this.selfId
    const item = document.createElement('li')
    item.className = `message${isOwn ? ' own' : ''}${from.peerId === this.lastFrom ? ' again' : ''}`
    item.style.setProperty('--hue', String(hueOf(from.peerId)))
    const bubble = part('div', 'bubble')
    if (!isOwn) bubble.append(part('b', 'author', from.name))
    bubble.append(part('span', 'text', text), part('time', '', TIME.format(at)))
    const face = part('span', 'face')
    face.innerHTML = avatar(from.peerId)
    item.append(face, bubble)
    this.append(item)
    this.lastFrom = from.peerId
  }

  note(text: string, about?: Person): void {
    const item = part('li', 'note', about === undefined ? text : `${about.name} ${text}`)
    this.append(item)
    this.lastFrom = undefined
  }

  private append(item: HTMLElement): void {
    this.list.append(item)
    while (this.list.childElementCount > MAX_LINES) this.list.firstElementChild?.remove()
    this.list.scrollTop = this.list.scrollHeight
  }
}

export function part(tag: string, className: string, text?: string): HTMLElement {
  const made = document.createElement(tag)
  if (className !== '') made.className = className
  if (text !== undefined) made.textContent = text
  return made
}
