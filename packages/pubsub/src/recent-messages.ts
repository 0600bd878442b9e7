import { bytesEqual } from '@ts-libp2p/bytes'
import { MAX_RECENT_BYTES, MAX_RECENT_MESSAGES } from './limits.ts'
import type { RoutedMessage } from './routed-message.ts'

/** Bytes that are looked at of each end of a message, and in between. */
const LOOKED_AT = 16

/**
 * Recognises copies of recent messages by their bytes, all of which are compared: a copy costs no hash then. Most messages
 * that come are copies, and come soon. Nobody can make two messages look the same, only their names be found the long way.
 */
export class RecentMessages {
  private readonly byHint = new Map<number, RoutedMessage>()
  private bytes = 0

  /** The message of which these bytes are a copy. */
  find(bytes: Uint8Array): RoutedMessage | undefined {
    const message = this.byHint.get(hintOf(bytes))
    return message !== undefined && bytesEqual(message.wire.bytes, bytes) ? message : undefined
  }

  add(message: RoutedMessage): void {
    const { bytes } = message.wire
    if (bytes.byteLength > MAX_RECENT_BYTES) return
    const hint = hintOf(bytes)
    this.forget(hint)
    this.byHint.set(hint, message)
    this.bytes += bytes.byteLength
    for (const oldest of this.byHint.keys()) {
      if (this.byHint.size <= MAX_RECENT_MESSAGES && this.bytes <= MAX_RECENT_BYTES) return
      this.forget(oldest)
    }
  }

  private forget(hint: number): void {
    this.bytes -= this.byHint.get(hint)?.wire.bytes.byteLength ?? 0
    this.byHint.delete(hint)
  }
}

/** A number that messages seldom share. */
function hintOf(bytes: Uint8Array): number {
  const { byteLength } = bytes
  let hint = byteLength
  const step = Math.max(1, Math.floor(byteLength / LOOKED_AT))
  for (let i = 0; i < Math.min(2 * LOOKED_AT, byteLength); i++) hint = mix(hint, bytes[i] as number)
  for (let i = 2 * LOOKED_AT; i < byteLength; i += step) hint = mix(hint, bytes[i] as number)
  for (let i = Math.max(0, byteLength - LOOKED_AT); i < byteLength; i++) hint = mix(hint, bytes[i] as number)
  return hint
}

/** FNV-1a. */
function mix(hint: number, byte: number): number {
  return Math.imul(hint ^ byte, 0x01000193)
}
