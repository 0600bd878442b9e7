import type { NodeEvents } from '@ts-libp2p/interface'
import { expect, it } from 'vitest'
import { NodeEventTarget } from '../src/index.ts'

/** The part of a node that has to do with events. */
function emitter() {
  const listeners = new Map<string, Set<(value: never) => void>>()
  return {
    emitted: [] as [string, unknown][],
    on<K extends keyof NodeEvents>(event: K, listener: (value: NodeEvents[K]) => void) {
      const set = listeners.get(event) ?? new Set()
      listeners.set(event, set.add(listener as never))
      return () => set.delete(listener as never)
    },
    emit<K extends keyof NodeEvents>(event: K, value: NodeEvents[K]) {
      this.emitted.push([event, value])
      for (const listener of listeners.get(event) ?? []) listener(value as never)
    },
    listeners
  }
}

it('hears what the node emits, once for all who listen', () => {
  const node = emitter()
  const target = new NodeEventTarget(node)
  const heard: unknown[] = []
  target.addEventListener('connection:prune', event => heard.push(event.detail))
  target.addEventListener('connection:prune', event => heard.push(event.type))
  node.emit('connection:prune', [])
  expect(heard).toEqual([[], 'connection:prune'])
  expect(node.listeners.get('connection:prune')?.size).toBe(1)
})

it('asks nothing of the node before somebody listens', () => {
  const node = emitter()
  new NodeEventTarget(node)
  expect(node.listeners.size).toBe(0)
})

it('has the node emit what is dispatched to it, and hears that once', () => {
  const node = emitter()
  const target = new NodeEventTarget(node)
  const heard: unknown[] = []
  target.addEventListener('connection:prune', event => heard.push(event.detail))
  target.safeDispatchEvent('connection:prune', { detail: [] })
  target.dispatchEvent(new CustomEvent('connection:prune', { detail: [] }))
  expect(node.emitted).toEqual([
    ['connection:prune', []],
    ['connection:prune', []]
  ])
  expect(heard).toEqual([[], []])
})

it('keeps to itself what a node does not know', () => {
  const node = emitter()
  const target = new NodeEventTarget(node)
  const heard: unknown[] = []
  target.addEventListener('certificate:provision', event => heard.push(event.detail))
  target.safeDispatchEvent('certificate:provision', { detail: { key: 'k', cert: 'c' } })
  expect(heard).toEqual([{ key: 'k', cert: 'c' }])
  expect(node.emitted).toEqual([])
})
