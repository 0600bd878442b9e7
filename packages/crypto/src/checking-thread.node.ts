import { Worker, type WorkerOptions } from 'node:worker_threads'
import type { PublicKey } from '@ts-libp2p/interface'
import { Crowding } from './crowding.node.ts'
import { isWeakPoint } from './ed25519-points.ts'
import { MAX_CHECKING_KEYS, MAX_WAITING_CHECK_BYTES, MAX_WAITING_CHECKS } from './limits.ts'
import { KEY_BYTES, SIGNATURE_BYTES, SignatureRing } from './signature-ring.node.ts'
import { VERIFIER_PROGRAM } from './verifier-program.node.ts'
import type { SignatureCheck } from './verifier-thread.ts'

interface Waiting {
  readonly key: PublicKey
  readonly answer: (isValid: boolean) => void
}

/**
 * Checks that are made on the thread that asks: a tenth of its time. While there is no more to do, nothing is gained by
 * waking another thread, and on a busy machine it would have to be waited for. When there is, both have much the same
 * to do, since receiving and passing a message on takes about as long as a check.
 */
const CHECKS_HERE_EACH_MS = 1
const MAX_SAVED_CHECKS_HERE = 16

/** Checks beyond those before the thread is started, which takes 20 ms of a processor, and memory for good. */
const CHECKS_BEFORE_START = 64

/** Answers that are worth waking this thread for. When the other one has nothing left, it is woken for less. */
const ANSWERS_AT_ONCE = 16

export interface CheckingThreadInit {
  /** Of the other thread. */
  readonly program?: string
  /** In milliseconds. */
  readonly now?: () => number
  /** Whether all processors are busy: all checks are made on the thread that asks then. Default: as measured. */
  readonly crowding?: Pick<Crowding, 'look'>
}

/** Another thread that checks signatures, and what waits for it. When it dies, all that it left is checked here. */
export class CheckingThread {
  private readonly program: string
  private readonly suitable = new WeakSet<PublicKey>()
  private readonly waiting: (Waiting | undefined)[] = []
  private status: 'not needed' | 'starting' | 'running' | 'over' = 'not needed'
  private ring: SignatureRing | undefined
  private worker: Worker | undefined
  private readonly now: () => number
  private readonly crowding: Pick<Crowding, 'look'>
  private checksHere = MAX_SAVED_CHECKS_HERE
  private since: number
  private beforeStart = CHECKS_BEFORE_START

  constructor(init: CheckingThreadInit = {}) {
    const { program = VERIFIER_PROGRAM, now = () => performance.now(), crowding = new Crowding() } = init
    this.program = program
    this.now = now
    this.crowding = crowding
    this.since = now()
  }

  /** As `VerifierThread` says. */
  take(check: SignatureCheck, answer: (isValid: boolean) => void): boolean {
    const now = this.now()
    if (this.hasTimeHere(now) || this.crowding.look(now)) return false
    if (check.signature.byteLength !== SIGNATURE_BYTES || !this.isSuitable(check.key)) return false
    if (this.status === 'not needed' && --this.beforeStart <= 0) this.start()
    const slot = this.status === 'running' ? (this.ring?.push(check) ?? -1) : -1
    if (slot < 0) return false
    this.waiting[slot] = { key: check.key, answer }
    return true
  }

  /** What waits is not answered. */
  async stop(): Promise<void> {
    this.status = 'over'
    this.ring = undefined
    await this.worker?.terminate()
  }

  private hasTimeHere(now: number): boolean {
    this.checksHere = Math.min(MAX_SAVED_CHECKS_HERE, this.checksHere + (now - this.since) * CHECKS_HERE_EACH_MS)
    this.since = now
    if (this.checksHere < 1) return false
    this.checksHere--
    return true
  }

  /** The other thread knows Ed25519, and does not ask whether a key is one that anybody can sign for. */
  private isSuitable(key: PublicKey): boolean {
    if (this.suitable.has(key)) return true
    if (key.type !== 'Ed25519' || key.raw.byteLength !== KEY_BYTES || isWeakPoint(key.raw)) return false
    this.suitable.add(key)
    return true
  }

  private start(): void {
    this.status = 'starting'
    try {
      this.ring = new SignatureRing(MAX_WAITING_CHECKS, MAX_WAITING_CHECK_BYTES)
      this.worker = this.startWorker({
        ...this.ring.layout,
        ...{ maxKeys: MAX_CHECKING_KEYS, answersAtOnce: ANSWERS_AT_ONCE }
      })
    } catch {
      // Node's permissions forbid it, for instance. Everything is checked here.
      this.status = 'over'
    }
  }

  private startWorker(workerData: unknown): Worker {
    // Nothing of how this process was started is the other thread's business: loaders, preloaded modules, the environment.
    const options: WorkerOptions = { eval: true, name: 'signatures', workerData, execArgv: [], env: {} }
    const worker = new Worker(this.program, options)
    worker.on('message', this.onMessage)
    worker.on('error', () => {})
    worker.on('exit', this.onExit)
    // After the listeners, for these count as a reason to stay alive.
    worker.unref()
    return worker
  }

  private readonly onMessage = (): void => {
    if (this.status === 'starting') this.status = 'running'
    this.ring?.takeAnswers(this.onAnswer)
  }

  private readonly onAnswer = (slot: number, isValid: boolean): void => {
    this.release(slot)?.answer(isValid)
  }

  /** It was stopped, or it died. */
  private readonly onExit = (): void => {
    this.status = 'over'
    const { ring } = this
    this.ring = undefined
    ring?.takeAnswers(this.onAnswer)
    ring?.takeBack((slot, data, signature) => {
      const one = this.release(slot)
      if (one !== undefined) void checkHere(one, data, signature)
    })
  }

  private release(slot: number): Waiting | undefined {
    const one = this.waiting[slot]
    this.waiting[slot] = undefined
    return one
  }
}

async function checkHere({ key, answer }: Waiting, data: Uint8Array, signature: Uint8Array): Promise<void> {
  const verify = async (): Promise<boolean> => await key.verify(data, signature)
  answer(await verify().catch(() => false))
}
