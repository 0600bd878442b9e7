import { expect, it } from 'vitest'
import { missingZone, type OperatingSystem, reachableHosts } from '../src/index.ts'

const linux = system('linux')
const windows = system('win32')

function system(platform: string): OperatingSystem {
  return {
    platform: () => platform,
    networkInterfaces: () => ({
      lo: [
        { family: 'IPv4', address: '127.0.0.1' },
        { family: 'IPv6', address: '::1', scopeid: 0 }
      ],
      eth0: [
        { family: 'IPv4', address: '192.168.1.7' },
        { family: 'IPv6', address: '2001:db8::7', scopeid: 0 },
        { family: 'IPv6', address: 'fe80::7', scopeid: 2 }
      ]
    })
  }
}

const asksNothing: OperatingSystem = {
  platform: () => expect.unreachable('asked for the platform'),
  networkInterfaces: () => expect.unreachable('asked for the interfaces')
}

const tellsNothing: OperatingSystem = {
  platform: () => 'android',
  networkInterfaces: () => {
    throw new Error('uv_interface_addresses returned Unknown system error 13')
  }
}

it.each([
  ['0.0.0.0', ['127.0.0.1', '192.168.1.7']],
  ['::', ['::1', '2001:db8::7']]
])('a socket on %s is reached at %j', (host, hosts) => {
  expect(reachableHosts(host, linux)).toEqual(hosts)
})

it.each(['10.0.0.1', '::1', 'fe80::7%eth0'])('a socket on %s is reached there', host => {
  expect(reachableHosts(host, asksNothing)).toEqual([host])
})

it.each([
  ['fe80::7%eth0', linux],
  ['FE80::7%lo', linux],
  ['febf:ffff::1%eth0', linux],
  ['fe80::7%2', windows],
  ['fe80::7%eth9', tellsNothing]
])('%s has its interface, as far as we can tell', (host, os) => {
  expect(missingZone(host, os)).toBeUndefined()
})

it.each([
  ['fe80::7%eth9', linux, 'no network interface that is up is called eth9; there are: lo, eth0'],
  ['febf:ffff::1%ETH0', linux, 'no network interface that is up is called ETH0; there are: lo, eth0'],
  ['fe80::7%2', linux, 'no network interface that is up is called 2; there are: lo, eth0'],
  ['fe80::7%3', windows, 'no network interface that is up is called 3; there are: 2'],
  ['fe80::7%eth0', windows, 'no network interface that is up is called eth0; there are: 2'],
  [
    'fe80::7%eth0',
    { ...linux, networkInterfaces: () => ({}) },
    'no network interface that is up is called eth0; there are: none'
  ]
])('%s does not have its interface', (host, os, problem) => {
  expect(missingZone(host, os)).toBe(problem)
})

// Where a zone has no meaning, systems leave it aside; and `fe8:…` is not link-local.
it.each([
  '1.2.3.4',
  '::1',
  'fe80::7',
  '::1%eth9',
  '2001:db8::1%eth9',
  'fe8::1%eth9',
  'fec0::1%eth9',
  'feature.example'
])('the interfaces are not looked at for %s', host => {
  expect(missingZone(host, asksNothing)).toBeUndefined()
})
