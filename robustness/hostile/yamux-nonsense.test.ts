/**
 * Frames that no rule allows.
 *
 * A muxer that passes over what it does not understand lets a peer find out how; rust-yamux issue 1 onwards, and the
 * fuzzing of go-yamux, have each of these as a crash or a stuck session.
 */
import { DATA, encodeHeader, GO_AWAY, PING, SYN, WINDOW_UPDATE } from '@ts-libp2p/yamux'
import { describe, expect, it } from 'vitest'
import { frameAttacker } from '../src/frames.ts'
import { setScene } from '../src/scene.ts'

const open = (id: number): Uint8Array => encodeHeader(WINDOW_UPDATE, SYN, id, 0)

describe('a frame against the rules', () => {
  it.each<[string, string, Uint8Array[]]>([
    ['of another version', 'bad-version', [Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0)]],
    ['of an unknown type', 'bad-type', [encodeHeader(4, 0, 1, 0)]],
    ['of a stream, on the session', 'bad-stream-id', [encodeHeader(DATA, SYN, 0, 0)]],
    ['that opens a stream of our side', 'bad-stream-id', [open(2)]],
    ['that opens a stream twice', 'duplicate-stream', [open(1), open(1)]],
    ['that is a ping and not', 'bad-flags', [encodeHeader(PING, 0, 0, 1)]],
    ['that answers what was not asked', 'unexpected-pong', [encodeHeader(PING, 2, 0, 12345)]]
  ])('ends the session and nothing else: %s', async (_, code, frames) => {
    await using scene = await setScene()
    const attacker = await frameAttacker(scene.node)
    await scene.endure(async () => {
      await attacker.send(...frames)
      expect(await attacker.goAwayCode()).toBe(1)
    })
    expect((await scene.lossOf(attacker.peerId)).error).toMatchObject({ name: 'YamuxError', code })
  })

  it('says goodbye and goes on: its own streams are still answered', async () => {
    await using scene = await setScene()
    const attacker = await frameAttacker(scene.node)
    await scene.endure(async () => {
      await attacker.send(encodeHeader(GO_AWAY, 0, 0, 0), open(1))
      await expect.poll(() => attacker.heard.some(({ id }) => id === 1)).toBe(true)
    })
    await expect(scene.node.dialProtocol(attacker.peerId, '/x/1.0.0')).rejects.toMatchObject({
      name: 'MuxerClosedError'
    })
    attacker.raw.abort(new Error('seen enough'))
  })
})
