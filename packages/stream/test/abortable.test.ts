import { describe, expect, it } from 'vitest'
import { abortable, toError, type Waiter } from '../src/index.ts'

describe('abortable', () => {
  const reason = new Error('no more patience')

  it('waits in line for its outcome', async () => {
    const line: Waiter<number>[] = []
    const waits = [abortable(line), abortable(line, new AbortController().signal)]
    line[0]?.resolve(1)
    line[1]?.reject(reason)
    expect(await Promise.allSettled(waits)).toEqual([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason }
    ])
  })

  it('leaves the line when its signal aborts', async () => {
    const line: Waiter<number>[] = []
    const abort = new AbortController()
    const [leaves, stays] = [abortable(line, abort.signal), abortable(line)]
    abort.abort(reason)
    await expect(leaves).rejects.toBe(reason)
    expect(line).toHaveLength(1)
    line[0]?.resolve(2)
    expect(await stays).toBe(2)
  })

  it('does not get in line with a signal that is aborted already', async () => {
    const line: Waiter<number>[] = []
    await expect(abortable(line, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(line).toEqual([])
  })

  it('makes an error of anything thrown', () => {
    expect(toError(reason)).toBe(reason)
    expect(toError('text')).toMatchObject({ message: 'text' })
    expect(toError(undefined)).toBeInstanceOf(Error)
  })
})
