import type { StreamCloseEvent, StreamMessageEvent } from '@ts-libp2p/interface'

export class MessageEvent extends Event implements StreamMessageEvent {
  readonly data: Uint8Array

  constructor(data: Uint8Array) {
    super('message')
    this.data = data
  }
}

export class CloseEvent extends Event implements StreamCloseEvent {
  readonly local?: boolean
  readonly error?: Error

  constructor(local?: boolean, error?: Error) {
    super('close')
    this.local = local
    this.error = error
  }
}
