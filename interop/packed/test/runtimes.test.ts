import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { installOutside } from '../src/install.ts'
import { NODES, run } from '../src/run.ts'

const KEYS = ['Ed25519', 'secp256k1', 'ECDSA', 'RSA']
const folder = join(inject('outside'), 'runtimes')
const bin = (name: string): string => join(folder, 'node_modules/.bin', name)

const RUNTIMES = [
  { name: 'Node 20', program: NODES['Node 20'], args: [] },
  { name: 'Node 26', program: NODES['Node 26'], args: [] },
  { name: 'Bun', program: bin('bun'), args: ['run'] },
  { name: 'Deno', program: bin('deno'), args: ['run', '--allow-all'] }
]

beforeAll(async () => {
  await installOutside(folder, inject('tarballs'), ['@ts-libp2p/libp2p', 'bun@1.4.5', 'deno@2.9.6'])
  // What npm would have run: it puts the program of this platform in place.
  await run(NODES['Node 20'], ['install.js'], join(folder, 'node_modules/bun'))
  for (const file of ['hello.ts', 'talk.js']) {
    copyFileSync(join(import.meta.dirname, '../fixtures', file), join(folder, file))
  }
})

describe.each(RUNTIMES)('under $name', ({ program, args }) => {
  it('nodes with keys of every type send a megabyte there and back, over TCP and WebSocket', async () => {
    const places = ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws']
    const expected = KEYS.flatMap(type => places.map(place => `${type} ${place} ${2 ** 20}\n`)).join('')
    expect(await run(program, [...args, 'talk.js', ...KEYS], folder)).toBe(expected)
  })
})

it.each(RUNTIMES.slice(2))('$name takes TypeScript as it is', async ({ program, args }) => {
  expect(await run(program, [...args, 'hello.ts'], folder)).toMatch(/^hello, \S+, true\n$/)
})
