import type { Play } from '@ts-libp2p/testing'

/** Lets two sides talk until neither has anything to say. `change` may replace the nth thing that the first says. */
export function converse<A, B>(
  first: Play<A>,
  second: Play<B>,
  change: (bytes: Uint8Array, turn: number) => Uint8Array = bytes => bytes
): void {
  let said = first.said()
  let answered = second.said()
  for (let turn = 0; said.byteLength > 0 || answered.byteLength > 0; turn++) {
    const heard = said.byteLength > 0 ? change(said, turn) : said
    said = first.feed(answered)
    answered = second.feed(heard)
  }
}
