import { noise } from '@ts-libp2p/noise'
import { ping } from '@ts-libp2p/ping'
import { exponential, type Host, simulate, wideArea } from '@ts-libp2p/testing/simulation'
import { createLibp2p } from '../../src/index.ts'

/** Whole nodes with noise that come and go for a minute. Returns the log, theirs included, and the fingerprint. */
export async function course(seed: number): Promise<string> {
  const world = simulate({ seed, link: wideArea({ seed, jitterMs: 5, stallChance: 0.02 }), nodeLogs: () => true })
  const services = { ping: ping({ intervalMs: 5_000 }) }
  const run = (host: Host) => createLibp2p({ ...host.options(), connectionEncrypters: [noise()], services })
  const hosts = Array.from({ length: 10 }, (_, i) =>
    world.host({ run, skewMs: 100 * i, nat: i % 3 === 2 ? 'port-restricted' : undefined })
  )
  for (const host of hosts) await host.start()
  world.churn({
    session: exponential(30_000),
    absence: exponential(10_000),
    kind: (_, r) => r.pick(['killed', 'stop'])
  })
  const meet = (): void => {
    world.clock.after(500, meet)
    const [from, to] = [world.random.pick(hosts), world.random.pick(hosts)]
    from.node?.dial(to.address).catch(() => {})
  }
  meet()
  await world.run({ ms: 60_000 })
  return [...world.log, world.fingerprint, JSON.stringify(world.stats), ''].join('\n')
}

if (process.argv[1]?.endsWith('course.fixture.ts')) process.stdout.write(await course(1))
