import { fromUtf8 } from '@ts-libp2p/bytes'
import { StreamReader } from '@ts-libp2p/stream'
import { describe, expect, it } from 'vitest'
import { collect, countRoundTrips, inVirtualTime, scriptedPeer, settle, VirtualClock } from '../src/index.ts'

describe('scriptedPeer', () => {
  it('plays bytes and ends', async () => {
    const { connection, played } = scriptedPeer([Uint8Array.of(1), Uint8Array.of(2, 3), 'end'])
    expect(await collect(connection)).toEqual(Uint8Array.of(1, 2, 3))
    await played
  })

  it('hears before it speaks', async () => {
    const { connection, heard, played } = scriptedPeer([{ hear: 2 }, fromUtf8('ok'), 'end'])
    connection.send(fromUtf8('hi'))
    expect(await collect(connection)).toEqual(fromUtf8('ok'))
    await played
    expect(heard()).toEqual(fromUtf8('hi'))
  })

  it('resets', async () => {
    const { connection } = scriptedPeer([Uint8Array.of(1), 'reset'])
    await settle()
    expect(connection.status).toBe('reset')
  })

  it('drips in virtual time', async () => {
    const clock = new VirtualClock()
    const { connection } = scriptedPeer([{ waitMs: 500 }, { each: new Uint8Array(3), everyMs: 1000 }], { clock })
    const lengths: number[] = []
    for (const ms of [499, 1, 999, 1, 1000]) {
      await clock.advance(ms)
      lengths.push(connection.readBufferLength)
    }
    expect(lengths).toEqual([0, 1, 1, 2, 3])
  })

  it('drips without time', async () => {
    const { connection, played } = scriptedPeer([{ each: Uint8Array.of(1, 2, 3) }])
    await played
    expect(connection.readBufferLength).toBe(3)
  })

  it.each(['outbound', 'inbound'] as const)('gives the %s end to the test', direction => {
    const { connection, peer } = scriptedPeer([], { direction })
    expect(connection.direction).toBe(direction)
    expect(peer.direction).not.toBe(direction)
  })

  it('needs a clock to wait', async () => {
    await expect(scriptedPeer([{ waitMs: 1 }]).played).rejects.toMatchObject({ code: 'misuse' })
  })
})

describe('countRoundTrips', () => {
  it.each([
    ['a one-way message', 0.5, 0],
    ['a question and its answer', 1, 1],
    ['two questions, one after the other', 2, 2]
  ])('sees %s as %d', async (_, expected, questions) => {
    const { roundTrips, result, flights } = await countRoundTrips({ latencyMs: 30 }, async ([client, server]) => {
      const [asking, answering] = [new StreamReader(client), new StreamReader(server)]
      const answers = (async () => {
        for (let i = 0; i < Math.max(1, questions); i++) server.send(await answering.read(1))
      })()
      for (let i = 0; i < questions; i++) {
        client.send(Uint8Array.of(i))
        await asking.read(1)
      }
      if (questions === 0) {
        client.send(Uint8Array.of(0))
        await answers
      }
      return 'done'
    })
    expect([roundTrips, result]).toEqual([expected, 'done'])
    expect(flights.filter(flight => flight.from === 'outbound')).toHaveLength(Math.max(1, questions))
  })

  it('gives native asynchronous work its time before time moves', async () => {
    const { roundTrips } = await countRoundTrips({}, async ([client, server]) => {
      server.addEventListener('message', event => {
        void crypto.subtle
          .digest('SHA-256', event.data.subarray().slice())
          .then(hash => server.send(new Uint8Array(hash)))
      })
      client.send(Uint8Array.of(1))
      return new StreamReader(client).read(32)
    })
    expect(roundTrips).toBe(1)
  })

  it('passes a failure on', async () => {
    await expect(countRoundTrips({}, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
})

describe('inVirtualTime', () => {
  it('calls a promise that nothing can settle a deadlock', async () => {
    await expect(inVirtualTime(new VirtualClock(), new Promise(() => {}))).rejects.toMatchObject({ code: 'deadlock' })
  })
})
