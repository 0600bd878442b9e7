import { describe, expect, it, vi } from 'vitest'
import { TypedEvents } from '../src/index.ts'

type Events = { a: Event; b: CustomEvent<number> }

class Target extends TypedEvents<Events> {
  readonly errors: [string, unknown][] = []

  protected override onListenerError(type: string, err: unknown): void {
    this.errors.push([type, err])
  }
}

describe('TypedEvents', () => {
  it('calls functions and objects, with the target', () => {
    const target = new Target()
    const seen: unknown[] = []
    target.addEventListener('a', function (this: unknown, event) {
      seen.push(this, event.target, event.currentTarget)
    })
    const object = {
      handleEvent(event: Event) {
        seen.push(this === object, event.type)
      }
    }
    target.addEventListener('a', object)
    expect(target.dispatchEvent(new Event('a'))).toBe(true)
    expect(seen).toEqual([target, target, target, true, 'a'])
  })

  it('can dispatch one event twice, and at another target', () => {
    const [one, other] = [new Target(), new Target()]
    const targets: unknown[] = []
    for (const target of [one, other]) target.addEventListener('a', event => targets.push(event.target))
    const event = new Event('a')
    one.dispatchEvent(event)
    one.dispatchEvent(event)
    other.dispatchEvent(event)
    expect(targets).toEqual([one, one, other])
  })

  it('adds a listener once per event, and counts', () => {
    const target = new Target()
    let calls = 0
    const listener = (): void => void calls++
    target.addEventListener('a', listener)
    target.addEventListener('a', listener, { once: true })
    target.addEventListener('b', listener)
    target.addEventListener('a', null)
    expect([target.listenerCount('a'), target.listenerCount('b'), target.listenerCount('c')]).toEqual([1, 1, 0])
    target.dispatchEvent(new Event('a'))
    target.dispatchEvent(new Event('a'))
    expect(calls).toBe(2)
  })

  it('removes, and takes the removal of strangers', () => {
    const target = new Target()
    const listener = (): void => {}
    target.addEventListener('a', listener)
    target.removeEventListener('b', listener)
    target.removeEventListener('a', () => {})
    target.removeEventListener('a', null)
    expect(target.listenerCount('a')).toBe(1)
    target.removeEventListener('a', listener)
    target.removeEventListener('a', listener)
    expect(target.listenerCount('a')).toBe(0)
  })

  it('calls a once listener once, even when it dispatches again', () => {
    const target = new Target()
    let calls = 0
    target.addEventListener(
      'a',
      () => {
        calls++
        target.dispatchEvent(new Event('a'))
      },
      { once: true }
    )
    target.dispatchEvent(new Event('a'))
    expect([calls, target.listenerCount('a')]).toEqual([1, 0])
  })

  it('does not call a listener that another one removed meanwhile', () => {
    const target = new Target()
    const seen: string[] = []
    const second = (): void => void seen.push('second')
    target.addEventListener('a', () => {
      seen.push('first')
      target.removeEventListener('a', second)
    })
    target.addEventListener('a', second)
    target.addEventListener('a', () => void seen.push('third'))
    target.dispatchEvent(new Event('a'))
    expect(seen).toEqual(['first', 'third'])
  })

  it('does not call a listener that another one added meanwhile', () => {
    const target = new Target()
    const seen: string[] = []
    target.addEventListener('a', () => {
      target.addEventListener('a', () => void seen.push('late'))
    })
    target.dispatchEvent(new Event('a'))
    expect(seen).toEqual([])
    target.dispatchEvent(new Event('a'))
    expect(seen).toEqual(['late'])
  })

  it('removes with the signal, and leaves nothing on the signal', () => {
    const target = new Target()
    const abort = new AbortController()
    const { signal } = abort
    const removals = vi.spyOn(signal, 'removeEventListener')
    const [kept, undone] = [() => {}, () => {}]
    target.addEventListener('a', kept, { signal })
    target.addEventListener('a', undone, { signal })
    target.removeEventListener('a', undone)
    expect(removals).toHaveBeenCalledTimes(1)
    abort.abort()
    expect(target.listenerCount('a')).toBe(0)
    target.addEventListener('a', kept, { signal })
    expect(target.listenerCount('a')).toBe(0)
  })

  it('reports what a listener throws, and calls the others', () => {
    const target = new Target()
    const reason = new Error('a mistake')
    let calls = 0
    target.addEventListener('a', () => {
      throw reason
    })
    target.addEventListener('a', () => void calls++)
    target.dispatchEvent(new Event('a'))
    expect([target.errors, calls]).toEqual([[['a', reason]], 1])
  })

  it('writes what a listener throws to the console where nobody else takes it', () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const target = new TypedEvents<Events>()
    target.addEventListener('a', () => {
      throw new Error('a mistake')
    })
    expect(() => target.dispatchEvent(new Event('a'))).not.toThrow()
    expect(error).toHaveBeenCalledOnce()
    error.mockRestore()
  })

  it('dispatches details, and builds no event for nobody', () => {
    const target = new Target()
    expect(target.safeDispatchEvent('b', { detail: 1 })).toBe(true)
    const seen: number[] = []
    target.addEventListener('b', ({ detail }) => seen.push(detail))
    target.safeDispatchEvent('b', { detail: 2 })
    expect(seen).toEqual([2])
  })

  it('tells when a listener refused the default', () => {
    const target = new Target()
    target.addEventListener('a', event => event.preventDefault())
    expect(target.dispatchEvent(new Event('a', { cancelable: true }))).toBe(false)
  })
})
