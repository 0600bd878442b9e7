import type { MultiaddrConnection } from '@ts-libp2p/interface'
import { expect, it } from 'vitest'
import { collect } from '../chunks.ts'
import { identity } from '../identity.ts'
import { eventually } from '../settle.ts'
import { countingSignal } from './counting-signal.ts'
import { firstOf, type TransportStand } from './transport-subject.ts'

const MANY = 100

export function transportDialTests(stand: () => TransportStand): void {
  it('connects: each end knows its side, and the dialer the address that it dialled', async () => {
    const addr = firstOf((await stand().listen()).getAddrs())
    const [outbound, inbound] = await Promise.all([stand().dial(addr), stand().accept()])
    expect([outbound.direction, inbound.direction]).toEqual(['outbound', 'inbound'])
    expect([outbound.status, inbound.status]).toEqual(['open', 'open'])
    expect(outbound.remoteAddr.toString()).toBe(addr.toString())
    expect(inbound.remoteAddr.toString()).toMatch(/^\//)
    expect(outbound.timeline.open).toBeGreaterThan(0)
  })

  it('connects to an address that names the peer', async () => {
    const addr = firstOf((await stand().listen()).getAddrs())
    const outbound = await stand().dial(addr.encapsulate(`/p2p/${identity('alice').peerId}`))
    expect(outbound.status).toBe('open')
  })

  it('rejects where nobody listens', async () => {
    await expect(stand().dial(await stand().fixture.deadAddr())).rejects.toBeInstanceOf(Error)
  })

  it('says whom it could not reach', async () => {
    const addr = await stand().fixture.deadAddr()
    await expect(stand().dial(addr)).rejects.toThrow(addr.toString())
  })

  it('rejects an address of another transport', async () => {
    await expect(stand().dial(firstOf(stand().fixture.foreignAddrs()))).rejects.toBeInstanceOf(Error)
  })

  it('is cancelled before it begins', async () => {
    const addr = firstOf((await stand().listen()).getAddrs())
    const reason = new Error('changed my mind')
    await expect(stand().dial(addr, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(stand().listening.inbound.size).toBe(0)
  })

  it('is cancelled while it connects', async () => {
    const addr = firstOf((await stand().listen()).getAddrs())
    const { signal, listeners, abort } = countingSignal()
    const dialing = stand().dial(addr, signal)
    const reason = new Error('changed my mind')
    abort(reason)
    await expect(dialing).rejects.toBe(reason)
    expect(listeners()).toBe(0)
  })

  it('is cancelled while it upgrades: the connection is given up', async () => {
    const addr = firstOf((await stand().listen()).getAddrs())
    stand().dialing.gate = new Promise(() => {})
    const { signal, abort } = countingSignal()
    const dialing = stand().dial(addr, signal)
    dialing.catch(() => {})
    const inbound = await stand().accept()
    await eventually('the upgrade begins', () => stand().dialing.upgradesBegun > 0)
    const reason = new Error('changed my mind')
    abort(reason)
    await expect(dialing).rejects.toBe(reason)
    await expectTold(inbound)
  })

  it('whose upgrade fails rejects with the reason and leaves no connection', async () => {
    const addr = firstOf((await stand().listen()).getAddrs())
    const reason = new Error('who are you?')
    stand().dialing.failure = reason
    await expect(stand().dial(addr)).rejects.toBe(reason)
    const inbound = await stand().accept()
    await expectTold(inbound)
  })

  it('leaves no listener on its signal', async () => {
    const addr = firstOf((await stand().listen()).getAddrs())
    const { signal, listeners, abort } = countingSignal()
    const outbound = await stand().dial(addr, signal)
    expect(listeners()).toBe(0)
    abort(new Error('the dial is long over'))
    expect(outbound.status).toBe('open')
  })

  it(`connects ${MANY} times at once`, async () => {
    const addr = firstOf((await stand().listen()).getAddrs())
    const dials = Array.from({ length: MANY }, () => stand().dial(addr))
    const accepts = Array.from({ length: MANY }, () => stand().accept())
    const [outbound, inbound] = await Promise.all([Promise.all(dials), Promise.all(accepts)])
    expect(new Set([...outbound, ...inbound]).size).toBe(2 * MANY)
    expect(outbound.every(connection => connection.status === 'open')).toBe(true)
  })
}

/** Its reader learns that nothing more comes, in good order or not. */
async function expectTold(connection: MultiaddrConnection): Promise<void> {
  const outcome = await collect(connection).then(
    bytes => bytes.byteLength,
    () => 0
  )
  expect(outcome).toBe(0)
}
