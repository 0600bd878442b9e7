import type { MultiaddrConnection } from '@ts-libp2p/interface'
import { describe, expect, it } from 'vitest'
import { type NatKind, simulate, type World } from '../../src/simulation/index.ts'
import { NAT_KEEP_MS } from '../../src/simulation/limits.ts'
import { NatTable } from '../../src/simulation/nat.ts'
import { rawNode } from './stand.ts'

const INSIDE = { ip: '192.168.0.2', port: 4001 }
const FRIEND = { ip: '1.1.1.1', port: 80 }
const FRIENDS_OTHER_PORT = { ip: '1.1.1.1', port: 81 }
const STRANGER = { ip: '2.2.2.2', port: 80 }

function table(kind: NatKind): NatTable {
  let next = 5000
  return new NatTable(kind, (preferred, isTaken) => {
    if (kind !== 'symmetric' && !isTaken(preferred)) return preferred
    while (isTaken(next)) next++
    return next++
  })
}

describe('the table of a NAT', () => {
  it.each<[NatKind, friend: boolean, friendsOtherPort: boolean, stranger: boolean]>([
    ['full-cone', true, true, true],
    ['address-restricted', true, true, false],
    ['port-restricted', true, false, false],
    ['symmetric', true, false, false]
  ])('%s lets in who was sent something to: %s, another port of it: %s, strangers: %s', (kind, ...expected) => {
    const nat = table(kind)
    const port = nat.outbound(INSIDE, FRIEND, 0)
    const isLetIn = [FRIEND, FRIENDS_OTHER_PORT, STRANGER].map(from => nat.inbound(port, from, 0) !== undefined)
    expect(isLetIn).toEqual(expected)
  })

  it.each<[NatKind, isSame: boolean]>([
    ['full-cone', true],
    ['address-restricted', true],
    ['port-restricted', true],
    ['symmetric', false]
  ])('%s shows an endpoint at the same port to everybody: %s', (kind, isSame) => {
    const nat = table(kind)
    expect(nat.outbound(INSIDE, FRIEND, 0) === nat.outbound(INSIDE, STRANGER, 0)).toBe(isSame)
    expect(nat.outbound(INSIDE, FRIEND, 0)).toBe(nat.outbound(INSIDE, FRIEND, 0))
  })

  it('gives two endpoints inside two ports outside', () => {
    const nat = table('full-cone')
    const other = { ip: '192.168.0.3', port: INSIDE.port }
    const ports = [nat.outbound(INSIDE, FRIEND, 0), nat.outbound(other, FRIEND, 0)]
    expect(new Set(ports).size).toBe(2)
    expect(ports.map(port => nat.inbound(port, FRIEND, 0))).toEqual([INSIDE, other])
  })

  it('forgets what nobody uses, and keeps what a connection uses', () => {
    const nat = table('full-cone')
    const port = nat.outbound(INSIDE, FRIEND, 0)
    expect(nat.inbound(port, FRIEND, NAT_KEEP_MS)).toEqual(INSIDE)
    expect(nat.inbound(port, FRIEND, NAT_KEEP_MS + 1)).toBeUndefined()
    nat.outbound(INSIDE, FRIEND, 0)
    nat.used(port, 1, 0)
    expect(nat.inbound(port, FRIEND, 100 * NAT_KEEP_MS)).toEqual(INSIDE)
    nat.used(port, -1, 100 * NAT_KEEP_MS)
    expect(nat.inbound(port, FRIEND, 102 * NAT_KEEP_MS)).toBeUndefined()
  })

  it('lets everybody in where a port is forwarded', () => {
    const nat = table('symmetric')
    nat.forward(4001, INSIDE)
    expect(nat.inbound(4001, STRANGER, 0)).toEqual(INSIDE)
    nat.unforward(4001)
    expect(nat.inbound(4001, STRANGER, 0)).toBeUndefined()
  })
})

const run = rawNode({ reusePort: true })

/** The public endpoint at which `conn`'s far side was seen, as text. */
function seenAt(conn: MultiaddrConnection | undefined): string {
  return String(conn?.remoteAddr)
}

async function soon<T>(world: World, promise: Promise<T>): Promise<T | string> {
  return await world.until(promise, { limitMs: 10_000 }).catch((err: Error) => err.message)
}

describe('hosts behind NATs', () => {
  it('are seen at the address of the NAT, and cannot be dialled', async () => {
    const world = simulate()
    const home = world.nat({ ip: '5.5.5.5', kind: 'port-restricted' })
    const inside = world.host({ run, nat: home })
    const outside = world.host({ run })
    const [inner, outer] = [await inside.start(), await outside.start()]
    await world.until(inner.dial(outside))
    await world.run({ ms: 10 })
    expect(seenAt(outer.inbound[0])).toBe('/ip4/5.5.5.5/tcp/4001')
    expect(await soon(world, outer.dial('/ip4/5.5.5.5/tcp/9999'))).toMatch(/did not happen/)
    expect(await soon(world, outer.dial(`/ip4/${inside.ip}/tcp/4001`))).toMatch(/did not happen/)
  })

  it.each<[NatKind, string]>([
    ['full-cone', 'connected'],
    ['address-restricted', 'silence'],
    ['port-restricted', 'silence'],
    ['symmetric', 'silence']
  ])('a stranger who dials what a friend saw (%s): %s', async (nat, expected) => {
    const world = simulate()
    const [inside, friend, stranger] = [world.host({ run, nat }), world.host({ run }), world.host({ run })]
    const [inner, outer, other] = [await inside.start(), await friend.start(), await stranger.start()]
    await world.until(inner.dial(friend))
    await world.run({ ms: 10 })
    const outcome = await soon(world, other.dial(seenAt(outer.inbound[0])))
    expect(typeof outcome === 'string' ? 'silence' : 'connected').toBe(expected)
  })

  it('lets in what is forwarded', async () => {
    const world = simulate()
    const home = world.nat({ kind: 'symmetric' })
    const inside = world.host({ run, nat: home })
    home.forward(4001, inside)
    const [inner, outer] = [await inside.start(), await world.host({ run }).start()]
    await world.until(outer.dial(`/ip4/${home.ip}/tcp/4001`))
    await world.run({ ms: 10 })
    expect(inner.inbound).toHaveLength(1)
  })

  it('reach each other inside, and through the outside only with hairpin', async () => {
    for (const hairpin of [false, true]) {
      const world = simulate()
      const home = world.nat({ kind: 'full-cone', hairpin })
      const [a, b, out] = [world.host({ run, nat: home }), world.host({ run, nat: home }), world.host({ run })]
      const [nodeA, nodeB, outer] = [await a.start(), await b.start(), await out.start()]
      await world.until(nodeA.dial(b))
      await world.until(nodeB.dial(out))
      await world.run({ ms: 10 })
      const outcome = await soon(world, nodeA.dial(seenAt(outer.inbound[0])))
      expect(typeof outcome === 'string' ? 'silence' : 'connected').toBe(hairpin ? 'connected' : 'silence')
    }
  })

  it.each<[NatKind, NatKind, meets: boolean]>([
    ['full-cone', 'full-cone', true],
    ['address-restricted', 'port-restricted', true],
    ['port-restricted', 'port-restricted', true],
    ['full-cone', 'symmetric', true],
    ['port-restricted', 'symmetric', false],
    ['symmetric', 'symmetric', false]
  ])('who dial each other at the same time (%s, %s) meet: %s', async (left, right, meets) => {
    const world = simulate()
    const [a, b, relay] = [world.host({ run, nat: left }), world.host({ run, nat: right }), world.host({ run })]
    const [nodeA, nodeB, middle] = [await a.start(), await b.start(), await relay.start()]
    await world.until(nodeA.dial(relay))
    await world.until(nodeB.dial(relay))
    await world.run({ ms: 10 })
    const [whereA, whereB] = middle.inbound.map(seenAt) as [string, string]
    const outcome = await soon(world, Promise.any([nodeA.dial(whereB), nodeB.dial(whereA)]))
    expect(typeof outcome !== 'string').toBe(meets)
  })

  it('meet as two diallers of one connection, which carries bytes', async () => {
    const world = simulate()
    const [a, b, relay] = [
      world.host({ run, nat: 'port-restricted' }),
      world.host({ run, nat: 'port-restricted' }),
      world.host({ run })
    ]
    const [nodeA, nodeB, middle] = [await a.start(), await b.start(), await relay.start()]
    await world.until(nodeA.dial(relay))
    await world.until(nodeB.dial(relay))
    await world.run({ ms: 10 })
    const [whereA, whereB] = middle.inbound.map(seenAt) as [string, string]
    const [toB, toA] = await world.until(Promise.all([nodeA.dial(whereB), nodeB.dial(whereA)]))
    expect([toB.direction, toA.direction]).toEqual(['outbound', 'outbound'])
    const seen: number[] = []
    toA.addEventListener('message', event => seen.push(...event.data.subarray()))
    toB.send(Uint8Array.of(1, 2, 3))
    await world.run({ ms: 10 })
    expect(seen).toEqual([1, 2, 3])
    expect([nodeA.inbound, nodeB.inbound]).toEqual([[], []])
  })

  it('do not meet one who was killed while it dialled', async () => {
    const world = simulate()
    const [a, b] = [world.host({ run }), world.host({ run, port: 4002 })]
    const [nodeA, nodeB] = [await a.start(), await b.start()]
    void nodeB.dial(a)
    b.crash()
    await expect(world.until(nodeA.dial(b))).rejects.toMatchObject({ code: 'refused' })
  })
})
