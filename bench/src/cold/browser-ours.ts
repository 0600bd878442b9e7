import { createLibp2p } from '@ts-libp2p/libp2p'

/** WebSocket, noise, yamux, identify and ping are what a browser gets by default. */
Object.assign(globalThis, { makeNode: () => createLibp2p() })
