/**
 * TLS handshakes that go wrong, or go on for ever.
 *
 * "SSL death alert" (CVE-2016-8610: warnings without end kept OpenSSL busy), "renegotiation" (CVE-2011-1473), records of
 * a handshake that is never whole, and a client that says nothing once TLS was agreed on.
 */
import { concat } from '@ts-libp2p/bytes'
import { select } from '@ts-libp2p/multistream-select'
import { noise } from '@ts-libp2p/noise'
import { tls } from '@ts-libp2p/tls'
import { describe, expect, it } from 'vitest'
import { push, rawAttacker } from '../src/attacker.ts'
import { setScene } from '../src/scene.ts'

const HANDSHAKE = 22
const ALERT = 21
const MEGABYTE = 1024 * 1024

/** A TLS record of version 1.2 on the wire, as 1.3 has it too. */
const record = (type: number, body: Uint8Array): Uint8Array =>
  concat([Uint8Array.of(type, 3, 3, body.byteLength >>> 8, body.byteLength & 0xff), body])
/** The first part of a ClientHello that says it has 16 MiB. */
const endlessHello = record(HANDSHAKE, concat([Uint8Array.of(1, 0xff, 0xff, 0xff), new Uint8Array(16_000)]))
const warnings = concat(Array.from({ length: 1000 }, () => record(ALERT, Uint8Array.of(1, 90))))

describe('a TLS handshake that is none', () => {
  it.each<[string, Uint8Array[]]>([
    ['garbage', [new Uint8Array(1000).fill(0xaa)]],
    ['a hello of 16 MiB', Array.from({ length: 1000 }, () => endlessHello)],
    ['warnings without end', Array.from({ length: 100 }, () => warnings)],
    ['application data at once', [record(23, new Uint8Array(1000))]],
    ['a record longer than any may be', [Uint8Array.of(HANDSHAKE, 3, 3, 0xff, 0xff), new Uint8Array(65_535)]],
    ['silence', []]
  ])('costs its connection: %s', async (_, chunks) => {
    await using scene = await setScene({
      connectionEncrypters: [noise(), tls()],
      limits: { inboundUpgradeTimeoutMs: 1000 }
    })
    const { raw } = await rawAttacker(scene.node)
    const closed = new Promise(resolve => raw.addEventListener('close', resolve))
    await scene.endure(
      async () => {
        // On a busy machine the second is over before anything was agreed on: that is the end of it, too.
        const isAgreed = await select(raw, '/tls/1.0.0').catch(() => undefined)
        for (const chunk of isAgreed ? chunks : []) if (!(await push(raw, chunk))) break
        raw.addEventListener('message', () => {})
        await closed
      },
      { maxGrowthBytes: 4 * MEGABYTE }
    )
    expect(Object.keys(scene.log.kinds).some(kind => /^(TlsError|TimeoutError)/.test(kind))).toBe(true)
    expect(scene.node.getConnections()).toHaveLength(1)
  })
})
