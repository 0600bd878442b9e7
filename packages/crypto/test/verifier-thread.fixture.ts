import { setImmediate as nextTurn } from 'node:timers/promises'
import { CheckingThread } from '../src/checking-thread.node.ts'
import { ed25519FromSeed } from '../src/index.ts'

// Uses the thread, and stops it or not. Nothing else keeps this process alive then.
const [, , how] = process.argv
const author = ed25519FromSeed(new Uint8Array(32).fill(1))
const data = new Uint8Array(100)
const check = { key: author.publicKey, data: [data], signature: await author.sign(data) }
const thread = new CheckingThread({ crowding: { look: () => false } })
let answers = 0
const onAnswer = (): void => {
  answers++
}
while (answers === 0) {
  for (let i = 0; i < 20; i++) thread.take(check, onAnswer)
  await nextTurn()
}
console.log('answered')
if (how === 'closed') await thread.stop()
