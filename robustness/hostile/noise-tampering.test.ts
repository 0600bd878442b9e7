/**
 * Somebody on the wire changes, repeats, reorders or drops bytes of the handshake and of what comes after it.
 *
 * What Noise promises (sections 11.4 and 14), and what flynn/noise before 1.0.0 did not keep: GHSA-g9mp-8g3h-3c5c
 * (CVE-2021-4239), a nonce that was not advanced after a failed decryption.
 */
import { connect, createServer, type Socket } from 'node:net'
import { multiaddr } from '@ts-libp2p/libp2p'
import { describe, expect, it } from 'vitest'
import { muxedAttacker, push } from '../src/attacker.ts'
import { portOf } from '../src/ports.ts'
import { setScene } from '../src/scene.ts'

/** What becomes of the bytes that the client sends: what is passed on instead. */
type Meddle = (chunk: Buffer, sentBefore: number) => Buffer | Buffer[]

/** A middleman between a client and the node. */
async function middleman(port: number, meddle: Meddle): Promise<AsyncDisposable & { port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, client => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true })
    let sent = 0
    for (const socket of [client, far]) sockets.add(socket.on('error', () => socket.destroy()))
    client.on('data', (chunk: Buffer) => {
      const before = sent
      sent += chunk.byteLength
      for (const bytes of [meddle(chunk, before)].flat()) far.write(bytes)
    })
    far.pipe(client)
    client.on('close', () => far.destroy())
    far.on('close', () => client.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    }
  }
}

/** Flips one bit of the byte that the client sends at this offset. */
const flipAt =
  (offset: number): Meddle =>
  (chunk, before) => {
    const at = offset - before
    if (at < 0 || at >= chunk.byteLength) return chunk
    const changed = Buffer.from(chunk)
    changed[at] = (changed[at] as number) ^ 1
    return changed
  }

// What the client sends: 20 + 8 bytes of multistream-select, message 1 (2 + 32), message 3 from byte 62 on.
const MESSAGE_1 = 28
const MESSAGE_3 = 62

describe('a handshake with one bit changed', () => {
  it.each<[string, number]>([
    ['of the ephemeral key', MESSAGE_1 + 2 + 10],
    ['of the length of message 3', MESSAGE_3],
    ['of the static key in message 3', MESSAGE_3 + 2 + 5],
    ['of the tag after it', MESSAGE_3 + 2 + 40],
    ['of the identity in message 3', MESSAGE_3 + 2 + 60]
  ])('comes to nothing: %s', async (_, offset) => {
    await using scene = await setScene({ limits: { inboundUpgradeTimeoutMs: 500 } })
    await using middle = await middleman(portOf(scene.node), flipAt(offset))
    await scene.endure(async () => {
      const address = multiaddr(`/ip4/127.0.0.1/tcp/${middle.port}`)
      const dialled = await muxedAttacker({ getMultiaddrs: () => [address] }).then(
        ({ raw }) => new Promise(resolve => raw.addEventListener('close', ({ error }) => resolve(error ?? 'closed'))),
        (err: unknown) => err
      )
      expect(dialled).toBeDefined()
      await expect
        .poll(() =>
          Object.keys(scene.log.kinds).filter(kind => /^(NoiseError|TimeoutError|TcpError|ConnectionClosed)/.test(kind))
        )
        .not.toEqual([])
    })
    expect(scene.node.getConnections().map(c => c.remotePeer.toString())).toEqual([scene.honest.peerId.toString()])
  })
})

describe('what comes after the handshake', () => {
  it.each<[string, (chunk: Buffer) => Buffer | Buffer[]]>([
    ['changed in one bit', chunk => flipAt(chunk.byteLength - 1)(chunk, 0)],
    ['sent twice', chunk => [chunk, chunk]],
    [
      'held back and sent after what followed',
      (() => {
        let held: Buffer | undefined
        return (chunk: Buffer) => {
          if (held !== undefined) return [chunk, held]
          held = chunk
          return []
        }
      })()
    ],
    ['cut in the middle of a message', chunk => chunk.subarray(0, chunk.byteLength - 3)]
  ])('ends the connection when it is %s', async (_, meddle) => {
    await using scene = await setScene()
    let isMeddling = false
    await using middle = await middleman(portOf(scene.node), chunk => (isMeddling ? meddle(chunk) : chunk))
    const address = multiaddr(`/ip4/127.0.0.1/tcp/${middle.port}`)
    const victim = await muxedAttacker({ getMultiaddrs: () => [address] })
    const stream = await victim.open('/echo/1.0.0')
    await scene.endure(async () => {
      isMeddling = true
      for (let i = 0; i < 3; i++) {
        await push(stream, new Uint8Array(500))
        await new Promise(resolve => setTimeout(resolve, 20))
      }
      const { error } = await scene.lossOf(victim.peerId)
      expect(error).toMatchObject({ name: 'NoiseError' })
    })
  })
})

describe('a recorded session', () => {
  it('says nothing to the node when it is played again', async () => {
    await using scene = await setScene({ limits: { inboundUpgradeTimeoutMs: 500 } })
    const recorded: Buffer[] = []
    await using middle = await middleman(portOf(scene.node), chunk => {
      recorded.push(chunk)
      return chunk
    })
    const address = multiaddr(`/ip4/127.0.0.1/tcp/${middle.port}`)
    const victim = await muxedAttacker({ getMultiaddrs: () => [address] })
    const stream = await victim.open('/echo/1.0.0')
    stream.send(new Uint8Array(500))
    await stream[Symbol.asyncIterator]().next()
    victim.raw.abort(new Error('seen enough'))
    await scene.lossOf(victim.peerId)
    await scene.endure(async () => {
      const socket = connect({ port: portOf(scene.node), host: '127.0.0.1' }).on('error', () => {})
      const closed = new Promise(resolve => socket.once('close', resolve))
      socket.resume()
      for (const chunk of recorded) socket.write(chunk)
      await closed
    })
    expect(scene.log.count('NoiseError decryption-failed')).toBeGreaterThan(0)
    expect(scene.node.getConnections(victim.peerId)).toEqual([])
  })
})
