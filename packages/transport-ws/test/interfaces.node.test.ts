import { expect, it } from 'vitest'
import { reachableHosts } from '../src/interfaces.node.ts'

it.each([
  ['0.0.0.0', ['127.0.0.1', '192.168.1.7']],
  ['::', ['::1', '2001:db8::7']],
  ['10.0.0.1', ['10.0.0.1']]
])('listening on %s is reached at %j', (bound, hosts) => {
  const entry = (family: 'IPv4' | 'IPv6', address: string) => ({ family, address }) as never
  const interfaces = () => ({
    lo: [entry('IPv4', '127.0.0.1'), entry('IPv6', '::1')],
    eth0: [entry('IPv4', '192.168.1.7'), entry('IPv6', '2001:db8::7'), entry('IPv6', 'fe80::7')]
  })
  expect(reachableHosts(bound, interfaces)).toEqual(hosts)
})
