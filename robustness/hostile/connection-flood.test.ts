/**
 * Connections from one host, more than anybody needs, complete or not, and each with another peer id.
 *
 * CVE-2022-23492 ("creating a lot of sybil nodes and opening new connections across nodes"), js-libp2p pull 1398
 * (connections per host and second), rust-libp2p issue 1839 (thousands of peer ids from one machine).
 */
import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { muxedAttacker, rawAttacker, securedAttacker } from '../src/attacker.ts'
import { portOf } from '../src/ports.ts'
import { setScene } from '../src/scene.ts'

/** A connection from another host of loopback. */
function open(port: number, localAddress: string): Promise<Socket> {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1', localAddress })
    socket.on('error', () => resolve(socket))
    socket.once('connect', () => resolve(socket.resume()))
  })
}

const closed = (socket: Socket): Promise<unknown> =>
  socket.destroyed ? Promise.resolve() : new Promise(resolve => socket.once('close', resolve))

describe('a flood of connections from one host', () => {
  it('uses up that host’s allowance, not that of others', async () => {
    await using scene = await setScene({ limits: { inboundPerHostBurst: 20, inboundPerHostPerSecond: 0.001 } })
    const port = portOf(scene.node)
    const refused = await scene.endure(async () => {
      const sockets = await Promise.all(Array.from({ length: 200 }, () => open(port, '127.0.0.66')))
      await expect.poll(() => sockets.filter(s => s.destroyed).length).toBe(180)
      const honest = await open(port, '127.0.0.67')
      expect(honest.destroyed).toBe(false)
      for (const socket of [...sockets, honest]) socket.destroy()
      await Promise.all(sockets.map(closed))
    })
    expect(refused.exchanges).toBeGreaterThan(0)
    expect(scene.log.count('SwarmError too-many-connections')).toBe(180)
  })

  it('of one peer leaves it the latest few', async () => {
    await using scene = await setScene()
    const { privateKey, peerId } = await rawAttacker(scene.node)
    await scene.endure(async () => {
      for (let i = 0; i < 30; i++) await muxedAttacker(scene.node, { who: { privateKey, peerId } })
      await expect.poll(() => scene.node.getConnections(peerId).filter(c => c.status === 'open').length).toBe(4)
    })
    for (const connection of scene.node.getConnections(peerId)) connection.abort(new Error('seen enough'))
  })
})

describe('a flood of handshakes that are never finished', () => {
  it('holds a bounded number of them', async () => {
    await using scene = await setScene({ limits: { maxInboundPending: 16 } })
    await scene.endure(async () => {
      const attackers = await Promise.all(
        Array.from({ length: 100 }, () => securedAttacker(scene.node).catch(() => undefined))
      )
      for (const attacker of attackers) attacker?.raw.abort(new Error('seen enough'))
    })
    expect(scene.log.count('SwarmError too-many-connections')).toBeGreaterThanOrEqual(80)
  })
})
