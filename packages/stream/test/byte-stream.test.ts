import { describe, expect, it } from 'vitest'
import { ByteStream, linkPair } from '../src/index.ts'

const pair = () => linkPair(end => new ByteStream(end))

describe('linkPair', () => {
  it('carries bytes and the end from one side to the other', async () => {
    const [a, b] = pair()
    a.send(Uint8Array.of(1, 2))
    a.send(Uint8Array.of(3))
    await a.close()
    const got: number[] = []
    for await (const chunk of b) got.push(...chunk)
    expect(got).toEqual([1, 2, 3])
    await b.close()
    expect([a.status, b.status]).toEqual(['closed', 'closed'])
  })
})
