import { describe, expect, it } from 'vitest'
import { type ByteStream, closeThrough } from '../src/index.ts'
import { foreign, ownedStream, settle } from './fixtures.ts'

describe.each([
  ['ours', (stream: ByteStream) => stream],
  ['another make', foreign]
])('close() of a connection of %s', (_, of) => {
  /** A layer that holds something: it closes the connection itself when that has left. */
  function layered() {
    const { stream } = ownedStream()
    const connection = of(stream)
    const course: string[] = []
    let left: () => void = () => {}
    let isEnding = false
    const letGo = closeThrough(connection, () => {
      if (isEnding) return undefined
      isEnding = true
      course.push('above')
      return new Promise<void>(resolve => {
        left = resolve
      }).then(() => connection.close())
    })
    const sendEnd = (): void => {
      if (!stream.isFinQueued) return
      course.push('below')
      stream.finSent()
    }
    return { stream, connection, course, letGo, sendEnd, finish: () => left() }
  }

  it('closes what stands on it first', async () => {
    const { stream, connection, course, sendEnd, finish } = layered()
    const closing = connection.close()
    await settle()
    sendEnd()
    expect([course, stream.writeStatus]).toEqual([['above'], 'writable'])
    finish()
    await settle()
    sendEnd()
    await closing
    expect([course, stream.writeStatus]).toEqual([['above', 'below'], 'closed'])
  })

  it('rejects with what goes wrong there', async () => {
    const { stream } = ownedStream()
    const connection = of(stream)
    closeThrough(connection, () => Promise.reject(new Error('lost')))
    await expect(connection.close()).rejects.toThrow('lost')
  })

  it('is as it was once the layer lets go', async () => {
    const { stream, connection, course, letGo } = layered()
    letGo()
    void connection.close()
    await settle()
    expect([course, stream.writeStatus]).toEqual([[], 'closing'])
  })
})
