import { countDrop, type Input, type PeerKey, type PubsubMessage, type RejectReason } from '@ts-libp2p/pubsub'
import { MAX_WAITING_COPIES } from '../limits.ts'
import type { Sent } from '../score/peer-scores.ts'
import { everybody, recipients } from './recipients.ts'
import { forward, type State, send, trace } from './state.ts'

/** A message came. It is looked at no further when it is known, or nothing for us. */
export function onMessage(s: State, peer: PeerKey, message: PubsubMessage): void {
  const { id, topic } = message
  if (s.seen.has(id)) onKnown(s, peer, message)
  else if (!s.mesh.has(topic)) countDrop(s.counters, 'not subscribed')
  else if (message.wire.signature === undefined) onVerified(s, { type: 'verified', peer, message, isValid: true })
  else verify(s, peer, message)
}

/** A message with the id of one that is known: a copy of it, or its twin, which may be forged as any other. */
function onKnown(s: State, peer: PeerKey, message: PubsubMessage): void {
  const { id, wire } = message
  if (!s.scores.isTwin(id, wire)) onCopy(s, sentBy(peer, message))
  else if (wire.signature !== undefined && s.scores.mayCheckTwin(id)) s.effects.push({ type: 'verify', peer, message })
  else onTwin(s, sentBy(peer, message))
}

/** It costs who sent it nothing, and earns nothing. It is not delivered: one id is one message. */
function onTwin(s: State, twin: Sent): void {
  countDrop(s.counters, 'twin')
  s.gater?.duplicate(twin.peer)
  trace(s, { type: 'duplicateMessage', ...twin })
}

/** A copy of a message that was accepted before: its sender needs none of ours. */
export function onCopy(s: State, copy: Sent): void {
  countDrop(s.counters, 'duplicate')
  s.effects.push({ type: 'cancel', peer: copy.peer, ids: [copy.id] })
  s.validating.get(copy.id)?.add(copy.peer)
  s.scores.duplicate(copy, s.now)
  s.gater?.duplicate(copy.peer)
  trace(s, { type: 'duplicateMessage', ...copy })
}

/** Its first copy is verified. Others wait: it is only known then whether the name is right. */
function verify(s: State, peer: PeerKey, message: PubsubMessage): void {
  if (message.author === s.self) {
    // Honest peers do that when we have been restarted and forgot: no reason to hold it against them.
    reject(s, peer, message, 'self originated message')
    return
  }
  const waiting = s.verifying.get(message.id)
  if (waiting === undefined) {
    s.verifying.set(message.id, [])
    s.effects.push({ type: 'verify', peer, message })
  } else if (waiting.length < MAX_WAITING_COPIES) waiting.push({ peer, message })
  else countDrop(s.counters, 'duplicate')
}

export function onVerified(s: State, { peer, message, isValid }: Input & { type: 'verified' }): void {
  const waiting = s.verifying.get(message.id) ?? []
  if (isValid) {
    s.verifying.delete(message.id)
    admit(s, peer, message)
    for (const copy of waiting) onKnown(s, copy.peer, copy.message)
    return
  }
  reject(s, peer, message, 'invalid signature')
  const next = waiting.shift()
  if (next === undefined) s.verifying.delete(message.id)
  else s.effects.push({ type: 'verify', ...next })
}

/** The message is what it says. From now on its copies are known, while validators judge it. */
function admit(s: State, peer: PeerKey, message: PubsubMessage): void {
  if (!s.seen.add(message.id, s.now)) {
    // Or somebody's twin, which its author did sign.
    if (s.scores.isTwin(message.id, message.wire)) onTwin(s, sentBy(peer, message))
    else onCopy(s, sentBy(peer, message))
    return
  }
  s.promises.fulfil(message.id)
  s.scores.validate(message, s.now, message.wire)
  s.gater?.validate()
  tellOthersNotToSend(s, peer, message)
  s.validating.set(message.id, new Set([peer]))
  s.effects.push({ type: 'validate', peer, message })
}

export function onValidated(s: State, { peer, message, verdict }: Input & { type: 'validated' }): void {
  const senders = s.validating.get(message.id) ?? new Set([peer])
  s.validating.delete(message.id)
  switch (verdict) {
    case 'accept':
      accept(s, peer, message, senders)
      break
    case 'reject':
      reject(s, peer, message, 'validation failed')
      break
    case 'ignore':
      reject(s, peer, message, 'validation ignored')
      break
    case 'throttled':
      reject(s, peer, message, 'validation throttled')
      break
  }
}

/** `senders`: of the copies that came while it was validated too. */
function accept(s: State, peer: PeerKey, message: PubsubMessage, senders: ReadonlySet<PeerKey>): void {
  const { topic } = message
  s.scores.deliver(sentBy(peer, message), s.now)
  s.gater?.deliver(peer, topic)
  trace(s, { type: 'deliverMessage', peer, message })
  countDrop(s.counters, 'cache full', s.cache.put(message))
  // We may have left the topic while it was validated: it is passed on all the same.
  if (s.mesh.has(topic)) s.effects.push({ type: 'deliver', peer, message })
  forward(s, recipients(s, message, senders), message, 'forward')
}

/** A message that breaks the policy, or cannot be read. It has no name that could be trusted. */
export function onInvalidMessage(s: State, { peer, topic }: Input & { type: 'invalidMessage' }): void {
  s.scores.countInvalid(peer, topic)
  s.gater?.reject(peer)
}

/** A message of our own. `floods`: to everybody in the topic, not to the mesh alone. */
export function onPublish(s: State, { message, floods }: Input & { type: 'publish' }): void {
  s.seen.add(message.id, s.now)
  s.counters.published++
  trace(s, { type: 'publishMessage', message })
  countDrop(s.counters, 'cache full', s.cache.put(message))
  const isFlood = floods ?? s.params.floodPublish
  forward(s, isFlood ? everybody(s, message) : recipients(s, message), message, 'own')
}

function sentBy(peer: PeerKey, { id, topic }: PubsubMessage): Sent {
  return { peer, id, topic }
}

function reject(s: State, peer: PeerKey, message: PubsubMessage, reason: RejectReason): void {
  countDrop(s.counters, reason)
  s.scores.reject(sentBy(peer, message), reason, s.now)
  if (reason === 'validation throttled') s.gater?.throttle(s.now)
  else if (reason === 'validation ignored') s.gater?.ignore(peer)
  else if (reason !== 'self originated message') s.gater?.reject(peer)
  trace(s, { type: 'rejectMessage', peer, message, reason })
}

/** Large messages take time: those who may be about to send us this one need not. */
function tellOthersNotToSend(s: State, from: PeerKey, { id, topic, dataLength }: PubsubMessage): void {
  if (dataLength < s.params.idontwantMinDataSize) return
  for (const key of s.mesh.of(topic)) {
    const isTold = key !== from && s.peers.get(key)?.features.idontwant === true && !s.dontWants.has(key, id)
    if (isTold && s.partials?.sends(s, topic, key) !== true) send(s, key, { control: { idontwant: [id] } })
  }
}
