import type { Multiaddr, MultiaddrConnection } from '@ts-libp2p/interface'
import { ByteStream, type ByteStreamInit } from './byte-stream.ts'

export interface ByteConnectionInit extends ByteStreamInit {
  remoteAddr: Multiaddr
}

/** A raw connection, as transports make it: a stream with the address of its far side. */
export class ByteConnection extends ByteStream implements MultiaddrConnection {
  remoteAddr: Multiaddr

  constructor(init: ByteConnectionInit) {
    super({ closesWithRemote: true, ...init })
    this.remoteAddr = init.remoteAddr
  }
}
