import { type CorePort, exponential, simulate, simulateCores, wideArea } from '../../src/simulation/index.ts'
import { rawNode } from './stand.ts'

/** Everything that the simulation has, at once, for two minutes. Returns the log and the fingerprint. */
export async function course(seed: number): Promise<string> {
  const link = wideArea({ seed, jitterMs: 5, stallChance: 0.02, resetChance: 0.001, bandwidthBytesPerSecond: 50_000 })
  const world = simulate({ seed, link })
  const kinds = ['full-cone', 'port-restricted', 'symmetric', undefined, undefined] as const
  const hosts = Array.from({ length: 20 }, (_, i) =>
    world.host({ run: rawNode({ reusePort: i % 2 === 0 }), nat: kinds[i % kinds.length], skewMs: i, driftPpm: i })
  )
  for (const host of hosts) await host.start()
  world.churn({
    session: exponential(30_000),
    absence: exponential(10_000),
    kind: (_, random) => random.pick(['killed', 'power', 'stop'] as const)
  })
  const { random } = world
  const talk = (): void => {
    world.clock.after(random.int(500), talk)
    const [from, to] = [random.pick(hosts), random.pick(hosts)]
    from.node?.dial(to).then(
      conn => conn.status === 'open' && conn.send(random.bytes(1 + random.int(20_000))),
      () => {}
    )
  }
  talk()
  await world.run({ ms: 40_000 })
  const heal = world.partition(hosts.slice(0, 7))
  await world.run({ ms: 20_000 })
  heal()
  await world.run({ ms: 60_000 })
  return [...world.log, world.fingerprint, JSON.stringify(world.stats), ...coresCourse(seed), ''].join('\n')
}

/** Bare cores that pass numbers on, come and go, for a minute. */
function coresCourse(seed: number): string[] {
  const create = (port: CorePort<number>) => {
    const pass = (n: number): void => port.send(port.random.int(100), n, 100 * n)
    port.after(port.random.int(1000), () => pass(1))
    return { receive: (_: number, n: number) => pass(n + 1), undeliverable: () => pass(1) }
  }
  const link = wideArea({ seed, jitterMs: 5, stallChance: 0.01, resetChance: 0.01 })
  const net = simulateCores({ seed, link, create, uploadBytesPerSecond: 100_000 })
  net.add(100)
  net.churn({ session: exponential(10_000), absence: exponential(5_000) })
  net.run({ ms: 60_000 })
  return [...net.log, net.fingerprint, JSON.stringify(net.stats)]
}

if (process.argv[1]?.endsWith('course.fixture.ts')) process.stdout.write(await course(1))
