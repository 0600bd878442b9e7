/**
 * A handshake at the pace of a byte now and then, on as many connections as can be had.
 *
 * "Slowloris", CVE-2007-6750; js-libp2p pull 1423 (a limit for connections that are not upgraded yet) and rust-libp2p
 * issue 1839.
 */
import { concat, fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import type { MultiaddrConnection } from '@ts-libp2p/interface'
import { describe, expect, it } from 'vitest'
import { rawAttacker } from '../src/attacker.ts'
import { setScene } from '../src/scene.ts'

const line = (text: string): Uint8Array => lengthPrefixed(fromUtf8(`${text}\n`))
/** Good to the last byte, and that never comes. */
const HANDSHAKE = concat([line('/multistream/1.0.0'), line('/noise'), Uint8Array.of(0, 200), new Uint8Array(200)])

/** Sends a byte every few milliseconds until the connection is gone. */
async function drip(raw: MultiaddrConnection, everyMs: number): Promise<number> {
  let sent = 0
  await new Promise<void>(resolve => {
    const timer = setInterval(() => {
      if (raw.status === 'open' && sent < HANDSHAKE.byteLength - 1) raw.send(HANDSHAKE.subarray(sent, ++sent))
    }, everyMs)
    raw.addEventListener('close', () => {
      clearInterval(timer)
      resolve()
    })
  })
  return sent
}

describe('a handshake a byte at a time', () => {
  it('has the time that any handshake has, and no more', async () => {
    await using scene = await setScene({ limits: { inboundUpgradeTimeoutMs: 400 } })
    const lorises = 60
    const { result } = await scene.endure(async () => {
      const attackers = await Promise.all(Array.from({ length: lorises }, () => rawAttacker(scene.node)))
      return await Promise.all(attackers.map(({ raw }) => drip(raw, 10)))
    })
    expect(Math.max(...result)).toBeLessThan(HANDSHAKE.byteLength)
    expect(scene.log.count('TimeoutError timeout')).toBe(lorises)
  })

  it('crowds out only itself: who comes meanwhile is let in', async () => {
    await using scene = await setScene({ limits: { maxInboundPending: 8 } })
    await scene.endure(async () => {
      const attackers = await Promise.all(Array.from({ length: 40 }, () => rawAttacker(scene.node)))
      const dripping = attackers.map(({ raw }) => drip(raw, 50))
      const connection = await scene.honest.dial(scene.node.getMultiaddrs(), { force: true })
      expect(connection.status).toBe('open')
      await connection.close()
      for (const { raw } of attackers) raw.abort(new Error('seen enough'))
      await Promise.all(dripping)
    })
    expect(scene.log.count('SwarmError too-many-connections')).toBe(32 + 1)
  })
})
