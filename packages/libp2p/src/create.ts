import { generateKeyPair, systemRandom } from '@ts-libp2p/crypto'
import { InvalidParametersError, type Multiaddr, type PrivateKey } from '@ts-libp2p/interface'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { peerIdFromPrivateKey } from '@ts-libp2p/peer-id'
import { createPeerStore } from '@ts-libp2p/peer-store'
import { systemClock } from '@ts-libp2p/stream'
import { createSwarm, type SwarmAddresses } from '@ts-libp2p/swarm'
import { checkProtection } from '#environment'
import { platformPreset } from '#preset'
import { defaultLogger } from './logger.ts'
import { Libp2pNode } from './node.ts'
import type { AddressOptions, DefaultServices, Libp2pOptions, ServiceFactories, ServicesOf } from './options.ts'
import { loadOrCreateKey } from './self-key.ts'

/**
 * Makes a node and starts it (unless `start: false`). Everything has a default: with no options it listens on free TCP
 * ports, speaks noise and yamux, and runs identify and ping.
 *
 * Rejects with an `InvalidParametersError` or `SwarmError` that says what to change when the options cannot work.
 *
 * @example
 * const node = await createLibp2p()
 * await node.handle('/echo/1.0.0', stream => stream.sink(stream.source))
 * console.log(node.getMultiaddrs().map(String))
 */
export async function createLibp2p<Factories extends ServiceFactories = Record<never, never>>(
  options: Libp2pOptions<Factories> = {}
): Promise<Libp2pNode<ServicesOf<Omit<DefaultServices, keyof Factories> & Factories>>> {
  const settings = { ...platformPreset, ...withoutUndefined(options) }
  checkProtection(settings)
  const { datastore } = settings
  const privateKey = await ownKey(settings)
  const peerId = peerIdFromPrivateKey(privateKey)
  const logger = settings.logger ?? (await defaultLogger())
  const clock = settings.clock ?? systemClock
  const { connectionGater } = settings

  const peerStore = createPeerStore({
    ...{ peerId, datastore, clock, logger },
    addressFilter: connectionGater?.filterMultiaddrForPeer?.bind(connectionGater),
    onUpdate: update => swarm.emit('peer:update', update)
  })
  const swarm = createSwarm({
    ...{ peerId, privateKey, peerStore, logger, clock },
    random: settings.random ?? systemRandom,
    metrics: settings.metrics,
    transports: needSome(settings.transports, 'transports'),
    connectionEncrypters: needSome(settings.connectionEncrypters, 'connectionEncrypters'),
    streamMuxers: needSome(settings.streamMuxers, 'streamMuxers'),
    connectionProtector: settings.connectionProtector,
    connectionGater,
    resolver: settings.resolver,
    findPeer: async (peer, abort) => (await node.peerRouting.findPeer(peer, abort)).multiaddrs,
    addresses: parseAddresses(settings.addresses),
    limits: settings.limits
  })
  // What is known of a connected peer does not grow old.
  swarm.on('peer:connect', peer => peerStore.setConnected(peer, true))
  swarm.on('peer:disconnect', peer => peerStore.setConnected(peer, false))
  const factories: ServiceFactories = { ...platformPreset.services, ...options.services }
  const services = Object.fromEntries(
    Object.entries(factories).map(([name, factory]) => [name, makeService(name, factory, swarm)])
  )
  const node = new Libp2pNode({ swarm, peerStore, services })
  if (settings.start !== false) await node.start()
  return node as unknown as Libp2pNode<ServicesOf<Omit<DefaultServices, keyof Factories> & Factories>>
}

function makeService(name: string, factory: unknown, swarm: ReturnType<typeof createSwarm>): unknown {
  if (typeof factory === 'function') return factory(swarm)
  throw new InvalidParametersError(`service \`${name}\` must be a function that takes the node, e.g. \`${name}()\``)
}

async function ownKey({ privateKey, datastore }: Libp2pOptions): Promise<PrivateKey> {
  if (privateKey !== undefined) return checkKey(privateKey)
  return datastore === undefined ? await generateKeyPair('Ed25519') : await loadOrCreateKey(datastore)
}

function checkKey(key: PrivateKey): PrivateKey {
  if (typeof (key as Partial<PrivateKey> | null)?.sign === 'function' && key.publicKey !== undefined) return key
  throw new InvalidParametersError('`privateKey` is not a private key: make one with `generateKeyPair("Ed25519")`')
}

function needSome<T>(modules: readonly T[] | undefined, option: string): readonly T[] {
  if (modules !== undefined && modules.length > 0) return modules
  throw new InvalidParametersError(`\`${option}\` is empty: leave it out to get the defaults, or give at least one`)
}

function parseAddresses(given: AddressOptions = {}): SwarmAddresses {
  return {
    listen: given.listen?.map(text => parse(text, 'listen')),
    announce: given.announce?.map(text => parse(text, 'announce')),
    appendAnnounce: given.appendAnnounce?.map(text => parse(text, 'appendAnnounce')),
    announceFilter: given.announceFilter
  }
}

function parse(text: string, option: string): Multiaddr {
  try {
    return multiaddr(text)
  } catch (cause) {
    throw new InvalidParametersError(`\`addresses.${option}\` has ${JSON.stringify(text)}, which is not a multiaddr`, {
      cause
    })
  }
}

/** An option that is there but undefined means the default, as one that is not there. */
function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
}
