import { Agent } from './agent.ts'
import { type AgentOptions, agentCommand, type PeerName } from './peers/index.ts'

export type PairOptions = Partial<Omit<AgentOptions, 'role'>>

/** `program`: which. */
export type AgentsOptions = Pick<AgentOptions, 'exposeGc'> & Required<Pick<AgentOptions, 'program'>>

/** A listening and a dialling process of one implementation. */
export interface Pair {
  readonly server: Agent
  readonly client: Agent
}

/**
 * Hands out pairs. A full run starts new processes for every measurement, so that none inherits compiled code or
 * garbage from another; a quick run keeps them.
 */
export class Pairs {
  /** Of everybody who was started. */
  readonly versions: Partial<Record<PeerName, string>> = {}
  private readonly reuse: boolean
  private readonly open = new Map<string, Promise<Pair>>()
  private readonly others: Agent[] = []

  constructor({ reuse }: { reuse: boolean }) {
    this.reuse = reuse
  }

  get(peer: PeerName, options: PairOptions = {}): Promise<Pair> {
    const key = JSON.stringify([peer, options])
    const pair = this.open.get(key) ?? start(peer, options)
    this.open.set(key, pair)
    pair.then(
      ({ server }) => {
        this.versions[peer] = server.version
      },
      () => this.open.delete(key)
    )
    return pair
  }

  /** Processes of another program, always new ones. */
  async agents(peer: PeerName, count: number, options: AgentsOptions): Promise<Agent[]> {
    const command = agentCommand(peer, { role: 'server', ...options })
    const start = async (): Promise<Agent> => {
      const agent = await Agent.start(command)
      this.others.push(agent)
      return agent
    }
    return await Promise.all(Array.from({ length: count }, start))
  }

  /** To be called after every measurement; after a failed one the processes are not used again. */
  async release(failed: boolean): Promise<void> {
    await this.stopOthers()
    if (failed || !this.reuse) await this.close()
  }

  private async stopOthers(): Promise<void> {
    await Promise.all(this.others.splice(0).map(agent => agent.stop()))
  }

  async close(): Promise<void> {
    await this.stopOthers()
    const pairs = [...this.open.values()]
    this.open.clear()
    for (const pair of await Promise.allSettled(pairs)) if (pair.status === 'fulfilled') await stop(pair.value)
  }
}

async function start(peer: PeerName, options: PairOptions): Promise<Pair> {
  const roles = ['server', 'client'] as const
  const started = await Promise.allSettled(roles.map(role => Agent.start(agentCommand(peer, { ...options, role }))))
  const [server, client] = started.map(result => (result.status === 'fulfilled' ? result.value : undefined))
  if (server !== undefined && client !== undefined) return { server, client }
  await Promise.all([server?.stop(), client?.stop()])
  throw (started.find(result => result.status === 'rejected') as PromiseRejectedResult).reason
}

async function stop({ server, client }: Pair): Promise<void> {
  await Promise.all([client.stop(), server.stop()])
}
