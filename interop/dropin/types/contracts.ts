/**
 * Our contracts and those of `@libp2p/interface` are the same shapes: each line compiles only if the first type can be
 * used where the second is asked for. Nothing here runs; `pnpm check` is the test.
 */
import type * as Theirs from '@libp2p/interface'
import type { Multiaddr as TheirMultiaddr } from '@multiformats/multiaddr'
import type * as Ours from '@ts-libp2p/interface'

type Fits<Given extends Asked, Asked> = [Given, Asked]

export interface OursAreTheirs {
  stream: Fits<Ours.Stream, Theirs.Stream>
  duplexStream: Fits<Ours.DuplexStream, Theirs.Stream>
  messageStream: Fits<Ours.MessageStream, Theirs.MessageStream>
  messageStreamEvents: Fits<Ours.MessageStreamEvents, Theirs.MessageStreamEvents>
  multiaddrConnection: Fits<Ours.MultiaddrConnection, Theirs.MultiaddrConnection>
  connection: Fits<Ours.Connection, Theirs.Connection>
  newStreamOptions: Fits<Ours.NewStreamOptions, Theirs.NewStreamOptions>
  /** But for its brand, see `asLibp2p`. */
  transport: Fits<Ours.Transport, Omit<Theirs.Transport, typeof Theirs.transportSymbol>>
  listener: Fits<Ours.Listener, Theirs.Listener>
  upgrader: Fits<Ours.Upgrader, Theirs.Upgrader>
  connectionEncrypter: Fits<Ours.ConnectionEncrypter, Theirs.ConnectionEncrypter>
  securedConnection: Fits<Ours.SecuredConnection, Theirs.SecuredConnection>
  connectionProtector: Fits<Ours.ConnectionProtector, Theirs.ConnectionProtector>
  streamMuxer: Fits<Ours.StreamMuxer, Theirs.StreamMuxer>
  streamMuxerFactory: Fits<Ours.StreamMuxerFactory, Theirs.StreamMuxerFactory>
  peerId: Fits<Ours.PeerId, Theirs.PeerId>
  publicKey: Fits<Ours.PublicKey, Theirs.PublicKey>
  privateKey: Fits<Ours.PrivateKey, Theirs.PrivateKey>
  multiaddr: Fits<Ours.Multiaddr, TheirMultiaddr>
  peerInfo: Fits<Ours.PeerInfo, Theirs.PeerInfo>
  peer: Fits<Ours.Peer, Theirs.Peer>
  peerData: Fits<Ours.PeerData, Theirs.PeerData>
  peerStore: Fits<Ours.PeerStore, Theirs.PeerStore>
  peerRouting: Fits<Ours.PeerRouting, Theirs.PeerRouting>
  contentRouting: Fits<Ours.ContentRouting, Theirs.ContentRouting>
  peerDiscovery: Fits<Ours.PeerDiscovery, Theirs.PeerDiscovery>
  connectionGater: Fits<Ours.ConnectionGater, Theirs.ConnectionGater>
  record: Fits<Ours.Record, Theirs.Record>
  envelope: Fits<Ours.Envelope, Theirs.Envelope>
  metrics: Fits<Ours.Metrics, Theirs.Metrics>
  componentLogger: Fits<Ours.ComponentLogger, Theirs.ComponentLogger>
  startable: Fits<Ours.Startable, Theirs.Startable>
  streamHandler: Fits<Ours.StreamHandler, Theirs.StreamHandler>
  streamHandlerOptions: Fits<Ours.StreamHandlerOptions, Theirs.StreamHandlerOptions>
  streamMiddleware: Fits<Ours.StreamMiddleware, Theirs.StreamMiddleware>
  topology: Fits<Ours.Topology, Theirs.Topology>
  identifyResult: Fits<Ours.IdentifyResult, Theirs.IdentifyResult>
  libp2pEvents: Fits<Ours.Libp2pEvents, Theirs.Libp2pEvents>
  dialOptions: Fits<Ours.DialOptions, Theirs.DialOptions>
  libp2p: Fits<Ours.Libp2p, Theirs.Libp2p>
}

export interface TheirsAreOurs {
  stream: Fits<Theirs.Stream, Ours.Stream>
  messageStream: Fits<Theirs.MessageStream, Ours.MessageStream>
  messageStreamEvents: Fits<Theirs.MessageStreamEvents, Ours.MessageStreamEvents>
  multiaddrConnection: Fits<Theirs.MultiaddrConnection, Ours.MultiaddrConnection>
  connection: Fits<Theirs.Connection, Ours.Connection>
  newStreamOptions: Fits<Theirs.NewStreamOptions, Ours.NewStreamOptions>
  transport: Fits<Theirs.Transport, Ours.Transport>
  listener: Fits<Theirs.Listener, Ours.Listener>
  upgrader: Fits<Theirs.Upgrader, Ours.Upgrader>
  connectionEncrypter: Fits<Theirs.ConnectionEncrypter, Ours.ConnectionEncrypter>
  securedConnection: Fits<Theirs.SecuredConnection, Ours.SecuredConnection>
  connectionProtector: Fits<Theirs.ConnectionProtector, Ours.ConnectionProtector>
  streamMuxer: Fits<Theirs.StreamMuxer, Ours.StreamMuxer>
  streamMuxerFactory: Fits<Theirs.StreamMuxerFactory, Ours.StreamMuxerFactory>
  peerId: Fits<Theirs.PeerId, Ours.PeerId>
  publicKey: Fits<Theirs.PublicKey, Ours.PublicKey>
  privateKey: Fits<Theirs.PrivateKey, Ours.PrivateKey>
  multiaddr: Fits<TheirMultiaddr, Ours.Multiaddr>
  peerInfo: Fits<Theirs.PeerInfo, Ours.PeerInfo>
  peer: Fits<Theirs.Peer, Ours.Peer>
  peerData: Fits<Theirs.PeerData, Ours.PeerData>
  peerStore: Fits<Theirs.PeerStore, Ours.PeerStore>
  peerRouting: Fits<Theirs.PeerRouting, Ours.PeerRouting>
  contentRouting: Fits<Theirs.ContentRouting, Ours.ContentRouting>
  peerDiscovery: Fits<Theirs.PeerDiscovery, Ours.PeerDiscovery>
  connectionGater: Fits<Theirs.ConnectionGater, Ours.ConnectionGater>
  record: Fits<Theirs.Record, Ours.Record>
  envelope: Fits<Theirs.Envelope, Ours.Envelope>
  metrics: Fits<Theirs.Metrics, Ours.Metrics>
  componentLogger: Fits<Theirs.ComponentLogger, Ours.ComponentLogger>
  startable: Fits<Theirs.Startable, Ours.Startable>
  streamHandler: Fits<Theirs.StreamHandler, Ours.StreamHandler>
  streamHandlerOptions: Fits<Theirs.StreamHandlerOptions, Ours.StreamHandlerOptions>
  streamMiddleware: Fits<Theirs.StreamMiddleware, Ours.StreamMiddleware>
  topology: Fits<Theirs.Topology, Ours.Topology>
  identifyResult: Fits<Theirs.IdentifyResult, Ours.IdentifyResult>
  libp2pEvents: Fits<Theirs.Libp2pEvents, Ours.Libp2pEvents>
  dialOptions: Fits<Theirs.DialOptions, Ours.DialOptions>
  libp2p: Fits<Theirs.Libp2p, Ours.Libp2p>
}
