import { describe, expect, it } from 'vitest'
import { connectionPair, countingSignal, Queue, RawUpgrader, rawOf } from '../src/index.ts'

const signal = new AbortController().signal

describe('Queue', () => {
  it('gives things in order, to whoever asked first', async () => {
    const queue = new Queue<number>()
    const early = [queue.next(), queue.next()]
    for (const item of [1, 2, 3]) queue.push(item)
    expect(await Promise.all([...early, queue.next()])).toEqual([1, 2, 3])
    queue.push(4)
    expect(queue.size).toBe(1)
  })
})

describe('countingSignal', () => {
  it('knows the listeners that are left', () => {
    const { signal, listeners, abort } = countingSignal()
    const stays = (): void => {}
    const goes = (): void => {}
    signal.addEventListener('abort', stays)
    signal.addEventListener('abort', goes)
    signal.removeEventListener('abort', goes)
    signal.addEventListener('abort', () => {}, { once: true })
    expect(listeners()).toBe(2)
    abort(new Error('over'))
    expect([listeners(), signal.aborted]).toEqual([1, true])
  })
})

describe('RawUpgrader', () => {
  it('shows the raw connection of a dial', async () => {
    const [conn] = connectionPair()
    const connection = await new RawUpgrader().upgradeOutbound(conn, { signal })
    expect(rawOf(connection)).toBe(conn)
    expect(connection.remoteAddr).toBe(conn.remoteAddr)
    await expect(connection.newStream('/x')).rejects.toMatchObject({ code: 'misuse' })
    connection.abort(new Error('enough'))
    expect(conn.status).toBe('aborted')
  })

  it('queues inbound connections', async () => {
    const upgrader = new RawUpgrader()
    const [, conn] = connectionPair()
    await upgrader.upgradeInbound(conn, { signal })
    expect(await upgrader.inbound.next()).toBe(conn)
  })

  it('fails as told, and waits as told until its signal', async () => {
    const upgrader = new RawUpgrader()
    const [conn] = connectionPair()
    upgrader.failure = new Error('not today')
    await expect(upgrader.upgradeOutbound(conn, { signal })).rejects.toBe(upgrader.failure)
    upgrader.failure = undefined
    upgrader.gate = new Promise(() => {})
    const { signal: own, abort, listeners } = countingSignal()
    const upgrading = upgrader.upgradeInbound(conn, { signal: own })
    const reason = new Error('enough')
    abort(reason)
    await expect(upgrading).rejects.toBe(reason)
    expect([listeners(), upgrader.inbound.size, upgrader.upgradesBegun]).toEqual([0, 0, 2])
  })

  it('makes inbound signals that follow and can be cleared', () => {
    const upgrader = new RawUpgrader()
    const { signal: shutdown, abort, listeners } = countingSignal()
    const cleared = upgrader.createInboundAbortSignal(shutdown)
    const followed = upgrader.createInboundAbortSignal(shutdown)
    cleared.clear()
    expect(listeners()).toBe(1)
    const reason = new Error('shutdown')
    abort(reason)
    expect([cleared.aborted, followed.aborted, followed.reason]).toEqual([false, true, reason])
    expect(upgrader.createInboundAbortSignal(shutdown).aborted).toBe(true)
  })
})
