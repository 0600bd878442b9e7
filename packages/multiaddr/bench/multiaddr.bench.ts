import { multiaddr as theirs } from '@multiformats/multiaddr'
import { bench, describe } from 'vitest'
import { isPrivate, multiaddr as ours, peerIdOf, TCP } from '../src/index.ts'

const PEER = '12D3KooWQF6Q3i1QkziJQ9mkNNcyFD8GPQz6R6oEvT75wgsVXm4v'
const TEXT = `/ip4/127.0.0.1/tcp/4001/p2p/${PEER}`
const BYTES = ours(TEXT).bytes

describe('text to bytes', () => {
  bench('ours', () => void ours(TEXT).bytes)
  bench('@multiformats/multiaddr', () => void theirs(TEXT).bytes)
})

describe('bytes to address', () => {
  bench('ours', () => void ours(BYTES))
  bench('@multiformats/multiaddr', () => void theirs(BYTES))
})

describe('bytes to text', () => {
  bench('ours', () => void ours(BYTES).toString())
  bench('@multiformats/multiaddr', () => void theirs(BYTES).toString())
})

describe('bytes to components', () => {
  bench('ours', () => void ours(BYTES).getComponents())
  bench('@multiformats/multiaddr', () => void theirs(BYTES).getComponents())
})

describe('text to address with a peer', () => {
  bench('ours', () => void ours('/ip4/127.0.0.1/tcp/4001').encapsulate(`/p2p/${PEER}`).bytes)
  bench('@multiformats/multiaddr', () => void theirs('/ip4/127.0.0.1/tcp/4001').encapsulate(`/p2p/${PEER}`).bytes)
})

describe('questions to an address', () => {
  const ma = ours(BYTES)
  bench('TCP.exactMatch', () => void TCP.exactMatch(ma))
  bench('isPrivate', () => void isPrivate(ma))
  bench('peerIdOf', () => void peerIdOf(ma))
})
