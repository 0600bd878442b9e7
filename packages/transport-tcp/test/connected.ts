import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Listener, Multiaddr } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import type { ByteConnection } from '@ts-libp2p/stream'
import { CollectingUpgrader, rawDial } from '@ts-libp2p/testing'
import { type TcpComponents, type TcpOptions, tcp } from '../src/index.ts'

export interface Connected {
  dialer: ByteConnection
  acceptor: ByteConnection
  listener: Listener
}

const directories: string[] = []
const open = new Set<{ abort(err: Error): void } | Listener>()

export interface ListeningOptions {
  listen?: string
  options?: TcpOptions
  components?: TcpComponents
}

/** A path for a unix socket, removed by `closeAll`. */
export function socketPath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tcp-'))
  directories.push(directory)
  return join(directory, 'a.sock')
}

/** A listener on loopback, closed by `closeAll`. */
export async function listening({
  listen = '/ip4/127.0.0.1/tcp/0',
  options,
  components
}: ListeningOptions = {}): Promise<{
  listener: Listener
  upgrader: CollectingUpgrader
  address: Multiaddr
}> {
  const upgrader = new CollectingUpgrader()
  const listener = tcp(options)(components).createListener({ upgrader })
  open.add(listener)
  await listener.listen(multiaddr(listen))
  return { listener, upgrader, address: listener.getAddrs()[0] as Multiaddr }
}

/** Both ends of a connection, ended by `closeAll`. */
export async function connected(options: ListeningOptions = {}): Promise<Connected> {
  const { listener, upgrader, address } = await listening(options)
  const [dialer, acceptor] = await Promise.all([
    rawDial(tcp(options.options)(options.components), address),
    upgrader.accepted()
  ])
  open.add(dialer).add(acceptor)
  return { dialer, acceptor, listener }
}

export async function closeAll(): Promise<void> {
  for (const each of open) {
    if ('abort' in each) each.abort(new Error('the test is over'))
    else await each.close()
  }
  open.clear()
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true })
}
