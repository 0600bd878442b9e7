import { ANSWERED, CONTROL_WORDS, HANDED_OVER, KEY_BYTES, SIGNATURE_BYTES, TOLD } from './signature-ring.node.ts'

/**
 * The program of the thread that checks: it answers what a `SignatureRing` holds, in order, and sleeps when that is
 * nothing. It is text because a thread's program is else a file of its own, which bundlers do not find, and which Node
 * cannot run from TypeScript in all of its versions; and not a function as text, in which compilers and coverage tools
 * would call functions of theirs. It says once that it runs, then that there are answers.
 */
export const VERIFIER_PROGRAM: string = `'use strict'
const { createPublicKey, verify } = require('node:crypto')
const { parentPort, workerData } = require('node:worker_threads')

const { memory, slots, size, maxKeys, answersAtOnce } = workerData
const words = ${CONTROL_WORDS} + 2 * slots
const control = new Int32Array(memory, 0, ${CONTROL_WORDS})
const places = new Int32Array(memory, 4 * ${CONTROL_WORDS}, 2 * slots)
const verdicts = new Uint8Array(memory, 4 * words, slots)
const bytes = Buffer.from(memory, 4 * words + slots, size)
const keys = new Map()

function keyAt(start) {
  const name = bytes.latin1Slice(start, start + ${KEY_BYTES})
  const known = keys.get(name)
  if (known !== undefined) return known
  const x = Buffer.from(name, 'latin1').toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  if (keys.size >= maxKeys) keys.delete(keys.keys().next().value)
  keys.set(name, key)
  return key
}

function isRight(slot) {
  const start = places[2 * slot]
  const signature = start + ${KEY_BYTES}
  const data = signature + ${SIGNATURE_BYTES}
  try {
    return verify(null, bytes.subarray(data, places[2 * slot + 1]), keyAt(start), bytes.subarray(signature, data))
  } catch {
    return false
  }
}

let untold = 0
function tell() {
  untold = 0
  if (Atomics.exchange(control, ${TOLD}, 1) === 0) parentPort.postMessage('answers')
}

parentPort.postMessage('runs')
for (let answered = 0; ; ) {
  if (Atomics.load(control, ${HANDED_OVER}) === answered) {
    if (untold > 0) tell()
    Atomics.wait(control, ${HANDED_OVER}, answered)
    continue
  }
  const slot = answered & (slots - 1)
  verdicts[slot] = isRight(slot) ? 1 : 0
  answered = (answered + 1) | 0
  Atomics.store(control, ${ANSWERED}, answered)
  if (++untold >= answersAtOnce) tell()
}
`
