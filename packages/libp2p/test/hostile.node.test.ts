import { connect, createServer, type Socket } from 'node:net'
import { fromHex, fromUtf8, lengthPrefixed } from '@ts-libp2p/bytes'
import { select } from '@ts-libp2p/multistream-select'
import { noise } from '@ts-libp2p/noise'
import { RawUpgrader, rawOf } from '@ts-libp2p/testing'
import { tcp } from '@ts-libp2p/transport-tcp'
import { yamux } from '@ts-libp2p/yamux'
import { describe, expect, it } from 'vitest'
import { createLibp2p, generateKeyPair, type Libp2pNode, multiaddr } from '../src/index.ts'

const line = (text: string): Uint8Array => lengthPrefixed(fromUtf8(`${text}\n`))
const HEADER = line('/multistream/1.0.0')

const startNode = (limits: object) => createLibp2p({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] }, limits })
const portOf = (node: Pick<Libp2pNode, 'getMultiaddrs'>): number =>
  Number(/\/tcp\/(\d+)/.exec(String(node.getMultiaddrs()[0]))?.[1])

function open(port: number, localAddress = '127.0.0.1'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress })
    socket.once('connect', () => resolve(socket.on('error', () => {})))
    socket.once('error', reject)
  })
}

/** A stack by hand, up to the secured connection: noise without an early muxer. */
async function secure(node: Pick<Libp2pNode, 'getMultiaddrs'>) {
  const upgrader = new RawUpgrader()
  const signal = AbortSignal.timeout(5000)
  const raw = rawOf(await tcp()().dial(node.getMultiaddrs()[0]!, { upgrader, signal }))
  await select(raw, '/noise')
  const { connection } = await noise()({ privateKey: await generateKeyPair('Ed25519') }).secureOutbound(raw)
  return { raw, connection }
}

const closed = (socket: Socket): Promise<void> =>
  new Promise(resolve => {
    if (socket.destroyed) resolve()
    else socket.once('close', () => resolve())
    socket.resume()
  })

describe('a peer that says nothing more, at every step of the handshake', () => {
  it.each<[string, Uint8Array[]]>([
    ['after connecting', []],
    ['within the multistream header', [HEADER.subarray(0, 7)]],
    ['after the multistream header', [HEADER]],
    ['after proposing noise', [HEADER, line('/noise')]],
    ['within the length of message 1', [HEADER, line('/noise'), fromHex('00')]],
    ['within message 1', [HEADER, line('/noise'), fromHex('0020 0102')]],
    ['after message 1', [HEADER, line('/noise'), fromHex(`0020${'09'.padEnd(64, '0')}`)]]
  ])('is cut when its time is up: %s', async (_, parts) => {
    await using node = await startNode({ inboundUpgradeTimeoutMs: 150 })
    const socket = await open(portOf(node))
    for (const part of parts) socket.write(part)
    await closed(socket)
    expect(node.getConnections()).toEqual([])
  })

  it('is cut when it never agrees on a muxer', async () => {
    await using node = await startNode({ inboundUpgradeTimeoutMs: 150 })
    const { raw } = await secure(node)
    await new Promise(resolve => raw.addEventListener('close', resolve))
    expect(node.getConnections()).toEqual([])
  })

  it('loses its stream when it never names a protocol, and only that', async () => {
    await using node = await startNode({ protocolTimeoutMs: 150 })
    const { connection } = await secure(node)
    await select(connection, '/yamux/1.0.0')
    const muxer = yamux()().createStreamMuxer(connection)
    const stream = await muxer.createStream()
    stream.send(fromHex('13'))
    await expect(
      stream[Symbol.asyncIterator]()
        .next()
        .then(() => stream[Symbol.asyncIterator]().next())
    ).rejects.toMatchObject({
      name: 'StreamResetError'
    })
    expect(node.getConnections().map(c => c.status)).toEqual(['open'])
    muxer.abort(new Error('seen enough'))
  })

  it('is given up by a dialer, who says so', async () => {
    const mute = createServer(socket => socket.on('error', () => {}))
    await new Promise<void>(resolve => mute.listen(0, '127.0.0.1', resolve))
    await using node = await startNode({ addressTimeoutMs: 150 })
    const address = multiaddr(`/ip4/127.0.0.1/tcp/${(mute.address() as { port: number }).port}`)
    const err = await node.dial(address).catch((e: unknown) => e)
    expect(err).toMatchObject({ attempts: [{ step: 'security', outcome: 'failed', error: { name: 'TimeoutError' } }] })
    mute.close()
  })

  it('does not hold up the others', async () => {
    await using node = await startNode({})
    await using honest = await startNode({})
    const mute = await Promise.all(Array.from({ length: 60 }, () => open(portOf(node))))
    expect((await honest.dial(node.getMultiaddrs())).status).toBe('open')
    for (const socket of mute) socket.destroy()
  })
})

describe('a peer that breaks the rules', () => {
  it.each<[string, Uint8Array[]]>([
    ['garbage', [fromHex('ff'.repeat(100))]],
    ['HTTP', [fromUtf8('GET / HTTP/1.1\r\nHost: x\r\n\r\n')]],
    ['a line over 1,024 bytes', [HEADER, lengthPrefixed(fromUtf8(`/${'x'.repeat(1100)}\n`))]],
    ['a line without its newline', [HEADER, lengthPrefixed(fromUtf8('/noise'))]],
    ['a varint without end', [fromHex('8080808080808080808080')]],
    ['a wrong header', [line('/multistream/2.0.0')]],
    ['proposals without end', [HEADER, ...Array.from({ length: 2000 }, (_, i) => line(`/x/${i}`))]],
    ['a noise message of zero bytes', [HEADER, line('/noise'), fromHex('0000')]],
    ['a noise message too long', [HEADER, line('/noise'), fromHex(`ffff${'00'.repeat(65535)}`)]],
    ['a key of zeros', [HEADER, line('/noise'), fromHex(`0020${'00'.repeat(32)}`)]]
  ])('is disconnected at once, and nobody else notices: %s', async (_, parts) => {
    await using node = await startNode({})
    await using honest = await startNode({})
    const connection = await honest.dial(node.getMultiaddrs())
    const socket = await open(portOf(node))
    for (const part of parts) socket.write(part)
    await closed(socket)
    expect(connection.status).toBe('open')
    expect(await honest.services.ping.ping(node.peerId)).toBeGreaterThan(0)
  })
})

describe('10,000 inbound half-open connections', () => {
  it('never pass the ceiling, and honest peers still get in', async () => {
    await using node = await startNode({
      maxInboundPending: 64,
      inboundPerHostPerSecond: 1e6,
      inboundPerHostBurst: 1e6
    })
    const port = portOf(node)
    const sockets: Socket[] = []
    let stillOpen = 0
    let isFlooding = true
    const flood = async (): Promise<void> => {
      for (let i = 0; i < 10_000; i++) {
        const socket = await open(port, '127.0.0.2').catch(() => undefined)
        if (socket === undefined) continue
        stillOpen++
        socket.once('close', () => {
          stillOpen--
        })
        socket.resume()
        sockets.push(socket)
      }
      isFlooding = false
    }
    const flooding = flood()
    const honest: boolean[] = []
    while (isFlooding) {
      await using peer = await createLibp2p({ addresses: { listen: [] } })
      const connection = await peer.dial(node.getMultiaddrs())
      honest.push(connection.status === 'open')
    }
    await flooding
    expect(sockets.length).toBeGreaterThan(9_900)
    expect(honest.length).toBeGreaterThan(0)
    expect(honest.every(Boolean)).toBe(true)
    await expect.poll(() => stillOpen).toBeLessThanOrEqual(64)
    for (const socket of sockets) socket.destroy()
  }, 120_000)
})
