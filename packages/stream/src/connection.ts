import type { AbortOptions, Multiaddr, MultiaddrConnection } from '@ts-libp2p/interface'
import { ByteStream, type ByteStreamInit } from './byte-stream.ts'
import { raceSignal } from './reader.ts'

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

  /**
   * Ends our sending; called again after that, it waits for the remote's end too. js-libp2p closes a connection after
   * its muxer has, and takes it to be over then.
   */
  override async close(options?: AbortOptions): Promise<void> {
    if (this.writeStatus !== 'closed' || this.timeline.close !== undefined) return await super.close(options)
    const over = new Promise<void>(resolve => this.addEventListener('close', () => resolve(), { once: true }))
    await raceSignal(over, options?.signal)
  }
}
