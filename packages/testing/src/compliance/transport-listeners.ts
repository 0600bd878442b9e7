import { isTransport } from '@ts-libp2p/interface'
import { expect, it } from 'vitest'
import { eventually } from '../settle.ts'
import { firstOf, type TransportStand, type TransportSubject } from './transport-subject.ts'

export function transportListenerTests(subject: TransportSubject, stand: () => TransportStand): void {
  it('is branded and named', () => {
    const { transport } = stand().fixture
    expect(isTransport(transport)).toBe(true)
    expect(transport[Symbol.toStringTag]).not.toBe('')
  })

  it('keeps of many addresses those that it can dial', () => {
    const { transport, listenAddrs, foreignAddrs } = stand().fixture
    const [own, foreign] = [listenAddrs(), foreignAddrs()]
    expect(transport.dialFilter([...foreign, ...own, ...foreign]).map(String)).toEqual(own.map(String))
    expect(transport.dialFilter([])).toEqual([])
  })

  it('keeps of many addresses those that it can listen on', () => {
    const { transport, listenAddrs, foreignAddrs } = stand().fixture
    const expected = subject.canListen === false ? [] : listenAddrs().map(String)
    expect(transport.listenFilter([...listenAddrs(), ...foreignAddrs()]).map(String)).toEqual(expected)
  })

  it('has no addresses before it listens', () => {
    const { listener, transport } = stand().fixture
    const fresh = (listener ?? transport).createListener({ upgrader: stand().listening })
    expect(fresh.getAddrs()).toEqual([])
  })

  it('tells the addresses that it listens on, ports included, and each can be dialled', async () => {
    for (const addr of stand().fixture.listenAddrs()) {
      const addrs = (await stand().listen(addr)).getAddrs()
      expect(addrs.length).toBeGreaterThan(0)
      for (const reachable of addrs) {
        expect(reachable.toString()).not.toMatch(/\/(tcp|udp)\/0(\/|$)/)
        const connection = await stand().dial(reachable)
        expect((await stand().accept()).direction).toBe('inbound')
        expect(connection.status).toBe('open')
      }
    }
  })

  it('announces that it listens, and that it closed, once each', async () => {
    const { listener: other, transport, listenAddrs } = stand().fixture
    const listener = (other ?? transport).createListener({ upgrader: stand().listening })
    const course: string[] = []
    for (const type of ['listening', 'close', 'error'] as const)
      listener.addEventListener(type, () => course.push(type))
    await listener.listen(firstOf(listenAddrs()))
    expect(course).toEqual(['listening'])
    await listener.close()
    await listener.close()
    await eventually('the close is announced', () => course.length > 1)
    expect(course).toEqual(['listening', 'close'])
  })

  it('refuses to listen twice on one address', async () => {
    const listener = await stand().listen()
    await expect(stand().listen(firstOf(listener.getAddrs()))).rejects.toBeInstanceOf(Error)
  })

  it('refuses to listen on an address of another transport', async () => {
    await expect(stand().listen(firstOf(stand().fixture.foreignAddrs()))).rejects.toBeInstanceOf(Error)
  })

  it('accepts no more once closed, and has no addresses', async () => {
    const listener = await stand().listen()
    const addr = firstOf(listener.getAddrs())
    await listener.close()
    await expect(stand().dial(addr)).rejects.toBeInstanceOf(Error)
    expect(listener.getAddrs()).toEqual([])
  })

  it('can listen where another has stopped', async () => {
    const first = await stand().listen()
    const addr = firstOf(first.getAddrs())
    await first.close()
    await stand().listen(addr)
    expect((await stand().dial(addr)).status).toBe('open')
  })

  it('closes while connections arrive, without a loose end', async () => {
    const listener = await stand().listen()
    const addr = firstOf(listener.getAddrs())
    const dials = Array.from({ length: 10 }, () => stand().dial(addr))
    await Promise.all([listener.close(), Promise.allSettled(dials)])
    await expect(stand().dial(addr)).rejects.toBeInstanceOf(Error)
  })

  it('gives up inbound upgrades when it closes', async () => {
    stand().listening.gate = new Promise(() => {})
    const listener = await stand().listen()
    const outbound = await stand().dial(firstOf(listener.getAddrs()))
    const over = closed(outbound)
    await listener.close()
    await over
    expect(outbound.status).not.toBe('open')
  })

  it('closes connections whose upgrade fails, and goes on accepting', async () => {
    const { listening } = stand()
    listening.failure = new Error('not today')
    const addr = firstOf((await stand().listen()).getAddrs())
    // The listener may be so quick that the dial itself sees the end.
    await stand()
      .dial(addr)
      .then(closed, () => {})
    await eventually('the upgrade was asked for', () => listening.upgradesBegun > 0)
    listening.failure = undefined
    const [outbound] = await Promise.all([stand().dial(addr), stand().accept()])
    expect(outbound.status).toBe('open')
  })
}

/** The remote ended it, one way or another. */
function closed(connection: { status: string } & EventTarget): Promise<void> {
  return new Promise(resolve => {
    if (connection.status !== 'open') resolve()
    connection.addEventListener('remoteCloseWrite', () => resolve())
    connection.addEventListener('close', () => resolve())
  })
}
