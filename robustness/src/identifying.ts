import { concat, lengthPrefixed } from '@ts-libp2p/bytes'
import { handle } from '@ts-libp2p/multistream-select'
import { type MuxedAttacker, push } from './attacker.ts'

export const IDENTIFY_PROTOCOL = '/ipfs/id/1.0.0'
export const PUSH_PROTOCOL = '/ipfs/id/push/1.0.0'

/** Answers whoever asks for identity with these messages, then ends the stream. Resolves when it was asked. */
export function answerIdentify(attacker: MuxedAttacker, messages: readonly Uint8Array[]): Promise<void> {
  return new Promise((resolve, reject) => {
    attacker.muxer.addEventListener('stream', ({ detail: stream }) => {
      const answer = async (): Promise<void> => {
        await handle(stream, [IDENTIFY_PROTOCOL, PUSH_PROTOCOL])
        await push(stream, concat(messages.map(lengthPrefixed)))
        await stream.close()
      }
      answer().then(resolve, reject)
    })
  })
}

/** Tells the node something of ourselves, unasked. False when the stream was refused before all was said. */
export async function pushIdentify(attacker: MuxedAttacker, messages: readonly Uint8Array[]): Promise<boolean> {
  try {
    const stream = await attacker.open(PUSH_PROTOCOL)
    const said = await push(stream, concat(messages.map(lengthPrefixed)))
    await stream.close()
    return said
  } catch {
    return false
  }
}
