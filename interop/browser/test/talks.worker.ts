import type { Peers } from '../src/protocols.ts'
import { type TalkName, talk } from './talks.ts'

interface Scope {
  onmessage: ((event: { data: { name: TalkName; peers: Peers } }) => void) | null
  postMessage(answer: { result: unknown } | { error: string }): void
}

const scope = globalThis as unknown as Scope
scope.onmessage = ({ data: { name, peers } }) => {
  talk(name, peers).then(
    result => scope.postMessage({ result }),
    (err: Error) => scope.postMessage({ error: err.stack ?? err.message })
  )
}
