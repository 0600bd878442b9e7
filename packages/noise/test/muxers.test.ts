import { describe, expect, it } from 'vitest'
import { chooseMuxer } from '../src/index.ts'

describe('the muxer chosen in the handshake', () => {
  it.each([
    [['/yamux'], ['/yamux'], '/yamux'],
    [['/yamux', '/mplex'], ['/mplex', '/yamux'], '/yamux'],
    [['/mplex', '/yamux'], ['/yamux', '/mplex'], '/mplex'],
    [['/quux', '/mplex'], ['/yamux', '/mplex'], '/mplex'],
    [[], ['/yamux'], undefined],
    [['/yamux'], [], undefined],
    [[], [], undefined]
  ])('initiator %j, responder %j: %s', (initiators, responders, chosen) => {
    expect(chooseMuxer(initiators, responders)).toBe(chosen)
  })

  it('fails when both sent a list and have nothing in common', () => {
    expect(() => chooseMuxer(['/yamux'], ['/mplex'])).toThrow(
      expect.objectContaining({ name: 'NoiseError', code: 'no-common-muxer' })
    )
  })
})
