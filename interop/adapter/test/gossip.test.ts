import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGoPeer, startRustPeer } from '@ts-libp2p/interop-harness'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bundle } from '../src/bundle.ts'
import { Program } from './program.ts'
import { freePort } from './redis.ts'

const CASE_TIMEOUT_MS = 180_000
/** Another implementation may have to be built first. */
const START_TIMEOUT_MS = 1_800_000
/** Longer than any test: the nodes are told to end. */
const FOR_LONG = { type: 'waitUntil', elapsedSeconds: 3600 }
const TOPIC = 'a-subnet'
const NODES = [0, 1, 2, 3, 4]

let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adapter-gossip-'))
  file = join(folder, 'adapter.mjs')
  await bundle(file)
})
afterAll(() => rm(folder, { recursive: true }))

/** Quick heartbeats, in nanoseconds, and a long memory: who starts late on a busy machine has to hear of everything. */
const init = (more: object = {}) => ({
  type: 'initGossipSub',
  gossipSubParams: { D: null, HeartbeatInterval: 100_000_000, HistoryLength: 600, HistoryGossip: 600, ...more }
})

const on = (nodeID: number, instruction: object) => ({ type: 'ifNodeIDEquals', nodeID, instruction })

/** Each is connected to the two behind it. */
const ring = NODES.map(n => on(n, { type: 'connect', connectTo: [(n + 1) % NODES.length, (n + 2) % NODES.length] }))

/** All nodes of a script, each a process with an address of its own. */
async function start(
  script: object[],
  nodes: readonly number[] = NODES
): Promise<AsyncDisposable & { all: Program[] }> {
  const params = join(folder, `${crypto.randomUUID()}.json`)
  await writeFile(params, JSON.stringify({ script }))
  const hosts = `127.0.0.1{}:${await freePort()}`
  const all = nodes.map(n => new Program(file, {}, ['--params', params, '--node-id', String(n), '--hosts', hosts]))
  return {
    all,
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map(node => node.stop('SIGKILL')))
    }
  }
}

/** The group of parts with this number, told of every two seconds. */
const GROUP = 7
const tellAgainAndAgain = Array.from({ length: 60 }, (_, i) => [
  { type: 'waitUntil', elapsedSeconds: 2 * (i + 1) },
  { type: 'publishPartial', topicID: TOPIC, groupID: GROUP }
]).flat()

interface Line {
  time: string
  msg: string
  id: string
  from: string
  topic: string
  node_id: number
}

const lines = ({ stdout }: Program): Line[] => {
  const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1)
  return whole.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line) as Line]))
}

const received = (node: Program): Line[] => lines(node).filter(({ msg }) => msg === 'Received Message')

/** Resolves when the check passes; rejects at once when a node has ended. */
async function until(nodes: readonly Program[], check: () => void | Promise<void>): Promise<void> {
  const ended = nodes.map(async node => {
    throw new Error(`a node ended with ${await node.code}: ${node.stderr}`)
  })
  await Promise.race([vi.waitFor(check, { timeout: CASE_TIMEOUT_MS - 10_000, interval: 50 }), ...ended])
}

describe('gossipsub-interop of test-plans', () => {
  it('brings every message to every node', { timeout: CASE_TIMEOUT_MS }, async () => {
    const sizes = [8, 1024, 96 * 1024]
    const publish = sizes.map((messageSizeBytes, messageID) =>
      on(messageID, { type: 'publish', messageID, messageSizeBytes, topicID: TOPIC })
    )
    const script = [
      ...NODES.map(n => on(n, init({ HeartbeatInitialDelay: (100 + n) * 1_000_000 }))),
      { type: 'setTopicValidationDelay', topicID: TOPIC, delaySeconds: 0.005 },
      ...ring,
      { type: 'subscribeToTopic', topicID: TOPIC },
      ...publish,
      FOR_LONG
    ]
    await using nodes = await start(script)
    await until(nodes.all, () => {
      for (const [n, node] of nodes.all.entries()) {
        const others = sizes.map((_, id) => String(id)).filter(id => id !== String(n))
        expect([...new Set(received(node).map(({ id }) => id))].filter(id => id !== String(n)).sort()).toEqual(others)
      }
    })
    const peerIds = nodes.all.map(node => lines(node)[0] as Line)
    expect(peerIds.map(({ msg, node_id }) => [msg, node_id])).toEqual(NODES.map(n => ['PeerID', n]))
    // The key of node 1 begins with a one, and the rest are zeros.
    expect(peerIds[1]?.id).toBe('12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X')
    for (const line of nodes.all.flatMap(received)) {
      expect(line.topic).toBe(TOPIC)
      expect(peerIds.map(({ id }) => id)).toContain(line.from)
      expect(line.time).toBe(new Date(line.time).toISOString())
    }
  })

  it('brings the parts of a message together that each node has some of', { timeout: CASE_TIMEOUT_MS }, async () => {
    const parts = NODES.map(n =>
      on(n, { type: 'addPartialMessage', topicID: TOPIC, groupID: GROUP, parts: (0b11 << (2 * n)) & 0xff })
    )
    const script = [
      init({ D: 4, Dlo: 3, Dscore: 2, Dout: 1 }),
      ...ring,
      { type: 'subscribeToTopic', topicID: TOPIC, partial: true },
      ...parts,
      // Until the mesh is there nobody is told: the script of the harness waits as well.
      ...tellAgainAndAgain,
      FOR_LONG
    ]
    await using nodes = await start(script, NODES)
    await until(nodes.all, () => {
      for (const node of nodes.all)
        expect(lines(node).filter(({ msg }) => msg === 'All parts received')).toHaveLength(1)
    })
  })

  it.each([
    ['go-libp2p-pubsub', startGoPeer],
    ['rust-libp2p', startRustPeer]
  ])('completes a message together with %s', { timeout: START_TIMEOUT_MS }, async (_, startPeer) => {
    const script = [
      init(),
      { type: 'subscribeToTopic', topicID: TOPIC, partial: true },
      { type: 'addPartialMessage', topicID: TOPIC, groupID: GROUP, parts: 0b0101_0101 },
      // Until its mesh is there nobody is told.
      ...tellAgainAndAgain,
      FOR_LONG
    ]
    await using peer = await startPeer({ pubsub: { signed: false, partial: true } })
    await using nodes = await start(script, [0])
    const [node] = nodes.all as [Program]
    await until(nodes.all, () => expect(node.stderr).toMatch(/listening on/))
    const [, address] = /listening on (\S+)/.exec(node.stderr) ?? []
    await peer.call('subscribe', { topic: TOPIC, partial: 'requests' })
    await peer.call('addParts', { topic: TOPIC, group: GROUP, parts: 0b1010_1010 })
    await peer.call('dial', { addr: address })
    await until(nodes.all, async () => {
      expect(lines(node).filter(({ msg }) => msg === 'All parts received')).toHaveLength(1)
      expect(await peer.call('parts', { topic: TOPIC, group: GROUP })).toMatchObject({ parts: 0xff })
    })
  })

  it('waits as it is told, and ends with its script', { timeout: CASE_TIMEOUT_MS }, async () => {
    const startedAt = performance.now()
    await using nodes = await start([init(), { type: 'waitUntil', elapsedSeconds: 1 }], [0])
    expect(await nodes.all[0]?.code).toBe(0)
    expect(performance.now() - startedAt).toBeGreaterThan(1000)
  })

  it.each([
    [[{ type: 'dance' }], /not an instruction: {"type":"dance"}/],
    [[on(0, { type: 'publish', topicID: TOPIC })], /messageID is wrong/],
    [[{ type: 'subscribeToTopic', topicID: TOPIC }], /does not begin with initGossipSub/]
  ])('refuses what it does not understand: %j', async (script, reason) => {
    await using nodes = await start(script, [0])
    expect(await nodes.all[0]?.code).toBe(2)
    expect(nodes.all[0]?.stderr).toMatch(reason)
  })

  it('needs to know which node it is', async () => {
    const params = join(folder, 'empty.json')
    await writeFile(params, JSON.stringify({ script: [] }))
    await using node = new Program(file, {}, ['--params', params])
    expect(await node.code).toBe(2)
    expect(node.stderr).toMatch(/not node<number>/)
  })
})
