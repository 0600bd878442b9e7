import { concat, fromUtf8 } from '@ts-libp2p/bytes'
import { expect, it } from 'vitest'
import { wireVariants } from '../chopping.ts'
import { collect, randomChunks } from '../chunks.ts'
import { expectBytes } from '../expect-bytes.ts'
import { MAX_STALLED_BYTES } from '../limits.ts'
import { SeededRandom } from '../seeded-random.ts'
import { sendAndClose, stalled } from '../sending.ts'
import { eventually } from '../settle.ts'
import { VirtualClock } from '../virtual-clock.ts'
import { expectCause } from './causes.ts'
import { type SecuritySubject, secure } from './security-subject.ts'

const random = new SeededRandom('secured data')
const MIB: number = 1024 * 1024

export function securityDataTests(subject: SecuritySubject): void {
  it.each(wireVariants(random))('flows both ways (%s)', async (_, wire) => {
    const { client, server } = await secure(subject, { wire: wire() })
    const sent = [random.bytes(150_000), random.bytes(80_000)] as const
    const reading = Promise.all([collect(server.connection), collect(client.connection)])
    await Promise.all([
      sendAndClose(client.connection, randomChunks(sent[0], random)),
      sendAndClose(server.connection, randomChunks(sent[1], random))
    ])
    const got = await reading
    expectBytes(got[0], sent[0])
    expectBytes(got[1], sent[1])
  })

  it('of 10 MiB arrives', async () => {
    const { client, server } = await secure(subject)
    const bytes = random.bytes(10 * MIB)
    const reading = collect(server.connection)
    await sendAndClose(client.connection, randomChunks(bytes, random, MIB))
    expectBytes(await reading, bytes)
  })

  it('of every small size arrives, in order', async () => {
    const { client, server } = await secure(subject)
    const chunks = Array.from({ length: 300 }, (_, length) => random.bytes(length))
    const reading = collect(server.connection)
    await sendAndClose(client.connection, chunks)
    expectBytes(await reading, concat(chunks))
  })

  it.each([65_518, 65_519, 65_520, 65_535, 65_536, 131_072])('of %i bytes at once arrives', async length => {
    const { client, server } = await secure(subject)
    const bytes = random.bytes(length)
    const reading = collect(client.connection)
    await sendAndClose(server.connection, [bytes])
    expectBytes(await reading, bytes)
  })

  it('goes over a stream that lives in the time of the connection below', async () => {
    const { client, server } = await secure(subject, { wire: { clock: new VirtualClock(1_000_000) } })
    const opened = [client, server].map(({ connection }) => connection.timeline.open)
    expect(opened).toEqual([1_000_000, 1_000_000])
  })

  it('sent by the listener before the dialer said a word arrives', async () => {
    const { client, server } = await secure(subject)
    server.connection.send(fromUtf8('welcome'))
    await server.connection.close()
    expectBytes(await collect(client.connection), fromUtf8('welcome'))
  })

  it('that was sent before the connection below was closed arrives', async () => {
    const { wire, client, server } = await secure(subject)
    const bytes = random.bytes(300_000)
    const reading = collect(server.connection)
    client.connection.send(bytes)
    await wire.ends[0].close()
    expectBytes(await reading, bytes)
  })

  it('half-closed goes on in the other direction', async () => {
    const { client, server } = await secure(subject)
    await sendAndClose(client.connection, [fromUtf8('question')])
    expectBytes(await collect(server.connection), fromUtf8('question'))
    await sendAndClose(server.connection, [fromUtf8('answer')])
    expectBytes(await collect(client.connection), fromUtf8('answer'))
    await eventually(
      'both ends close',
      () => client.connection.status === 'closed' && server.connection.status === 'closed'
    )
  })

  it('stops when the reader sleeps, and goes on when it wakes', async () => {
    const { client, server } = await secure(subject)
    const chunk = new Uint8Array(65_536)
    server.connection.pause()
    const sentBytes = await stalled(client.connection, chunk, 4 * MAX_STALLED_BYTES)
    expect(sentBytes).toBeLessThan(2 * MAX_STALLED_BYTES)
    server.connection.resume()
    const reading = collect(server.connection)
    await client.connection.close()
    expect((await reading).byteLength).toBe(sentBytes)
  })

  it('aborted resets the far end', async () => {
    const { client, server } = await secure(subject)
    const reading = collect(server.connection)
    client.connection.abort(new Error('enough'))
    await expect(reading).rejects.toBeInstanceOf(Error)
    expect([client.connection.status, server.connection.status]).toEqual(['aborted', 'reset'])
  })

  it('over a connection that is lost ends with the cause, on both sides', async () => {
    const { wire, client, server } = await secure(subject)
    const outcomes = Promise.allSettled([collect(client.connection), collect(server.connection)])
    const loss = new Error('somebody stumbled over the cable')
    wire.cut(loss)
    for (const outcome of await outcomes) expectCause((outcome as PromiseRejectedResult).reason, loss)
  })
}
