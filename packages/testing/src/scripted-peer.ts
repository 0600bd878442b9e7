import { concat } from '@ts-libp2p/bytes'
import type { Clock } from '@ts-libp2p/interface'
import { type ByteConnection, StreamReader } from '@ts-libp2p/stream'
import { TestingError } from './errors.ts'
import { settle } from './settle.ts'
import { connectionPair, type WireOptions } from './wire.ts'

/**
 * What a scripted peer does next: send bytes (`each` of them on its own), hear that many bytes first, let time pass, end
 * its sending, or reset the connection.
 */
export type ScriptStep =
  | Uint8Array
  | { readonly each: Uint8Array; readonly everyMs?: number }
  | { readonly hear: number }
  | { readonly waitMs: number }
  | 'end'
  | 'reset'

export interface ScriptedPeer {
  /** The other end: what the code under test talks to. */
  connection: ByteConnection
  /** The peer's own end, for what a script cannot say. */
  peer: ByteConnection
  /** What it has heard so far, by the steps that hear. */
  heard(): Uint8Array
  /** Resolves when the script has been played; rejects when the connection ends before. */
  played: Promise<void>
}

/**
 * A peer that does not follow the protocol but a script: it plays bytes, in its own time, whatever it is told.
 *
 * @example
 * // a slow loris: one byte per second
 * const { connection } = scriptedPeer([{ each: hello, everyMs: 1000 }], { clock })
 */
export function scriptedPeer(
  steps: readonly ScriptStep[],
  options: WireOptions & { direction?: 'outbound' | 'inbound' } = {}
): ScriptedPeer {
  const { direction = 'outbound', ...wireOptions } = options
  const [outbound, inbound] = connectionPair(wireOptions)
  const [peer, connection] = direction === 'outbound' ? [inbound, outbound] : [outbound, inbound]
  const heard: Uint8Array[] = []
  const played = play(steps, peer, heard, options.clock)
  // Most tests look at the other end only, and a connection that ends before the script is not their concern.
  played.catch(() => {})
  return { connection, peer, heard: () => concat(heard), played }
}

async function play(
  steps: readonly ScriptStep[],
  peer: ByteConnection,
  heard: Uint8Array[],
  clock?: Clock
): Promise<void> {
  const reader = new StreamReader(peer)
  for (const step of steps) {
    if (step === 'end') await peer.close()
    else if (step === 'reset') peer.abort(new Error('the script says so'))
    else if (step instanceof Uint8Array) await write(peer, step)
    else if ('hear' in step) heard.push(await reader.read(step.hear))
    else if ('waitMs' in step) await pass(clock, step.waitMs)
    else await drip(peer, step.each, step.everyMs, clock)
  }
}

async function drip(
  peer: ByteConnection,
  bytes: Uint8Array,
  everyMs: number | undefined,
  clock?: Clock
): Promise<void> {
  for (let i = 0; i < bytes.byteLength; i++) {
    await write(peer, bytes.subarray(i, i + 1))
    await (everyMs === undefined ? settle() : pass(clock, everyMs))
  }
}

async function write(peer: ByteConnection, bytes: Uint8Array): Promise<void> {
  if (!peer.send(bytes)) await peer.onDrain()
}

function pass(clock: Clock | undefined, ms: number): Promise<void> {
  if (clock === undefined) throw new TestingError('misuse', 'a script that lets time pass needs a clock')
  return new Promise(resolve => clock.after(ms, resolve))
}
