import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@redis/client'
import type { Meeting } from './task.ts'

/** Seconds that one `BLPOP` waits: a value of the other kind wakes nobody. */
const POLL_SECONDS = 1
const RETRY_MS = 200

type Client = ReturnType<typeof createClient>

/** Tells the other side where we are, in place of what an earlier run may have left. */
export function publishAddress(meeting: Meeting, address: string): Promise<void> {
  return withRedis(meeting, async client => {
    await client.del(meeting.key)
    if (meeting.keep === 'list') await client.rPush(meeting.key, address)
    else await client.set(meeting.key, address)
  })
}

/** Waits for the other side's address, however it is kept. Rejects when it is not there in time. */
export function findAddress(meeting: Meeting): Promise<string> {
  const deadline = performance.now() + meeting.timeoutMs
  return withRedis(meeting, async client => {
    while (performance.now() < deadline) {
      const found = await lookUp(client, meeting.key)
      if (found !== undefined) return found
    }
    throw new Error(`nobody published ${meeting.key} within ${meeting.timeoutMs / 1000} s`)
  })
}

async function lookUp(client: Client, key: string): Promise<string | undefined> {
  try {
    return (await client.blPop(key, POLL_SECONDS))?.element
  } catch (err) {
    if (!(err as Error).message.startsWith('WRONGTYPE')) throw err
    return (await client.get(key)) ?? undefined
  }
}

/** The harness may start Redis after us. */
async function withRedis<T>({ redis, timeoutMs }: Meeting, run: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(redis, performance.now() + timeoutMs)
  try {
    return await run(client)
  } finally {
    client.destroy()
  }
}

async function connect(redis: string, deadline: number): Promise<Client> {
  for (;;) {
    const client: Client = createClient({ url: `redis://${redis}`, socket: { reconnectStrategy: false } })
    // What fails is told by the call that fails.
    client.on('error', () => {})
    try {
      await client.connect()
      return client
    } catch (cause) {
      if (performance.now() > deadline) throw new Error(`there is no Redis at ${redis}`, { cause })
      await sleep(RETRY_MS)
    }
  }
}
