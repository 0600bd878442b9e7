import { multiaddr } from '@ts-libp2p/multiaddr'

Object.assign(globalThis, { multiaddr })
