import { concat, fromUtf8, toHex } from '@ts-libp2p/bytes'
import type { MessageStreamDirection, SecuredConnection } from '@ts-libp2p/interface'
import { flatten, StreamReader } from '@ts-libp2p/stream'
import { expect, it } from 'vitest'
import { expectBytes } from '../expect-bytes.ts'
import { SeededRandom } from '../seeded-random.ts'
import { eventually, settle } from '../settle.ts'
import { connectionPair, type Passage, type Verdict, type Wire } from '../wire.ts'
import { handshakeAs, impostor, ROLES, type SecuritySubject, secure, startHandshakes } from './security-subject.ts'

const random = new SeededRandom('tampering')

/** Turns of the event loop after which a handshake that waits for more is taken to be stuck, and cut off. */
const STUCK_TURNS = 500

export function securityTamperTests(subject: SecuritySubject): void {
  it.each(ROLES)('with an identity is noticed: nobody is who cannot sign as them (%s)', async role => {
    const [a, b] = connectionPair()
    const [mine, theirs] = role === 'outbound' ? [a, b] : [b, a]
    const victim = handshakeAs(role, subject, mine)
    victim.catch(() => {})
    const forged = handshakeAs(role === 'outbound' ? 'inbound' : 'outbound', subject, theirs, {}, impostor)
    forged.catch(() => theirs.abort(new Error('found out')))
    // Honest code may refuse to sign with such a key, and a victim that is convinced would resolve.
    await expect(victim).rejects.toBeInstanceOf(Error)
  })

  it.each(['outbound', 'inbound'] as const)('with any bit of the handshake is noticed (%s bytes)', async from => {
    const { wire } = await secure(subject)
    const total = wire.sentBytes[from === 'outbound' ? 0 : 1]
    for (let i = 0; i < 24; i++) {
      const at = Math.floor((total * i) / 24)
      expect(await survives(subject, from, at), `a flipped bit at byte ${at} of ${total}`).toBe(false)
    }
  })

  it.each(['outbound', 'inbound'] as const)('with data is noticed, and nothing wrong is delivered (%s)', async from => {
    const attack = { isOn: false }
    const { client, server } = await secure(subject, {
      wire: { intercept: passage => (attack.isOn ? flipped(passage, from, passage.offset + 9) : passage) }
    })
    const [sender, receiver] = from === 'outbound' ? [client, server] : [server, client]
    const good = random.bytes(1000)
    sender.connection.send(good)
    const reader = new StreamReader(receiver.connection)
    expectBytes(await reader.read(1000), good)
    attack.isOn = true
    sender.connection.send(random.bytes(1000))
    await expect(reader.read(1)).rejects.toBeInstanceOf(Error)
    expect(receiver.connection.status).toMatch(/aborted|reset/)
  })

  it('by repeating what was sent is noticed', async () => {
    const attack = { isOn: false }
    const { client, server } = await secure(subject, {
      wire: {
        intercept: ({ from, bytes }) => ({ bytes: attack.isOn && from === 'outbound' ? concat([bytes, bytes]) : bytes })
      }
    })
    attack.isOn = true
    const secret = fromUtf8('pay ten coins')
    const got: Uint8Array[] = []
    const reading = (async () => {
      for await (const chunk of server.connection) got.push(flatten(chunk))
    })()
    client.connection.send(secret)
    await expect(reading).rejects.toBeInstanceOf(Error)
    expectBytes(concat(got).subarray(0, secret.byteLength), secret.subarray(0, concat(got).byteLength))
    expect(concat(got).byteLength).toBeLessThanOrEqual(secret.byteLength)
  })

  it('is not needed to read along: nothing of the data shows on the wire', async () => {
    const seen: Uint8Array[] = []
    const { client, server } = await secure(subject, {
      wire: {
        intercept: ({ bytes }) => {
          seen.push(bytes.slice())
          return { bytes }
        }
      }
    })
    const marker = fromUtf8('a secret that nobody else may see')
    client.connection.send(marker)
    server.connection.send(marker)
    await Promise.all([client, server].map(end => new StreamReader(end.connection).read(marker.byteLength)))
    expect(toHex(concat(seen))).not.toContain(toHex(marker))
  })
}

/** True when, with that bit flipped, both ends are satisfied and can talk. */
async function survives(subject: SecuritySubject, from: MessageStreamDirection, at: number): Promise<boolean> {
  const { wire, handshakes } = await startHandshakes(subject, {
    wire: { intercept: passage => flipped(passage, from, at) }
  })
  const talk = Promise.all(handshakes).then(talkTo)
  const outcome = talk.then(
    () => true,
    () => false
  )
  await cutWhenStuck(wire, outcome)
  return outcome
}

async function talkTo([client, server]: [SecuredConnection, SecuredConnection]): Promise<void> {
  const [atClient, atServer] = [new StreamReader(client.connection), new StreamReader(server.connection)]
  client.connection.send(fromUtf8('ping'))
  await atServer.read(4)
  server.connection.send(fromUtf8('pong'))
  await atClient.read(4)
}

/** A flipped length makes an end wait for bytes that never come; in life its signal ends that. */
async function cutWhenStuck(wire: Wire, outcome: Promise<boolean>): Promise<void> {
  let isDone = false
  let turns = 0
  void outcome.then(() => {
    isDone = true
  })
  await eventually('the handshake is done or stuck', () => isDone || ++turns > STUCK_TURNS)
  await settle()
  wire.cut()
}

function flipped({ from, offset, bytes }: Passage, target: MessageStreamDirection, at: number): Verdict {
  const index = at - offset
  if (from !== target || index < 0 || index >= bytes.byteLength) return { bytes }
  const changed = bytes.slice()
  changed[index] = (changed[index] as number) ^ 0x10
  return { bytes: changed }
}
