import { isWebCryptoBusy, webCryptoAnswers } from './web-crypto.browser.ts'

const { port1, port2 } = new MessageChannel()
const waiting: (() => void)[] = []
let inputs = 0
port1.onmessage = () => waiting.shift()?.()

/** One turn of the event loop: every microtask that is due runs, and those that they schedule. */
export function turn(): Promise<void> {
  return new Promise(resolve => {
    waiting.push(resolve)
    port2.postMessage(undefined)
  })
}

/** Runs `fn` after all promises, as real input would come. */
export function asInput(fn: () => void): void {
  inputs++
  waiting.push(() => {
    inputs--
    fn()
  })
  port2.postMessage(undefined)
}

/** Turns of the event loop until neither input waits for one nor WebCrypto: those that others wait for do not count. */
export async function quiet(): Promise<void> {
  await turn()
  while (inputs > 0 || isWebCryptoBusy()) {
    await webCryptoAnswers()
    await turn()
  }
}
