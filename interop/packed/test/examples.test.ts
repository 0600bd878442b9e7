import { cpSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, inject, it } from 'vitest'
import { installOutside } from '../src/install.ts'
import { NODES, run } from '../src/run.ts'

const EXAMPLES = [
  {
    name: 'node-facade',
    says: [
      /^listening on \/ip4\//m,
      /^12D3KooW\w+ is ts-libp2p\/\S+, over \/noise and \/yamux\/1\.0\.0$/m,
      /^it is \d+\.\d\d ms away$/m,
      /^it says HELLO$/m
    ]
  },
  {
    name: 'custom-stack',
    says: [
      /^accepted 12D3KooW\w+$/m,
      /^dialled 12D3KooW\w+ at \/ip4\/127\.0\.0\.1\/tcp\/\d+$/m,
      /^the sum of 1 \+ 2 \+ 3 is 6$/m,
      /^the sum of 40 \+ 2 is 42$/m,
      /^the sum of 255 \+ 255 is 510$/m
    ]
  }
]

it.each(EXAMPLES)('examples/$name, copied elsewhere, runs to its end', async ({ name, says }) => {
  const folder = join(inject('outside'), name)
  cpSync(resolve('examples', name), folder, { recursive: true, filter: path => !path.includes('node_modules') })
  await installOutside(folder, inject('tarballs'), [])
  for (const node of Object.values(NODES)) {
    const printed = await run(node, ['main.js'], folder)
    for (const line of says) expect(printed).toMatch(line)
  }
})
