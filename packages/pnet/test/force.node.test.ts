import { afterEach, expect, it } from 'vitest'
import { forcePnet, generateKey, pnet } from '../src/index.ts'

const NAME = 'LIBP2P_FORCE_PNET'
const protector = pnet({ psk: generateKey() })
const refused = expect.objectContaining({ name: 'PnetError', code: 'not-private' })

afterEach(() => {
  delete process.env[NAME]
})

it.each([
  ['unset', {}],
  ['empty', { [NAME]: '' }],
  ['0', { [NAME]: '0' }]
])('a node may be public while the variable is %s', (_, env) => {
  expect(() => forcePnet(undefined, env)).not.toThrow()
})

it('a node must be private while the variable is 1', () => {
  expect(() => forcePnet(undefined, { [NAME]: '1' })).toThrow(refused)
  expect(() => forcePnet(protector, { [NAME]: '1' })).not.toThrow()
})

it('the variable is that of the process', () => {
  expect(() => forcePnet(undefined)).not.toThrow()
  process.env[NAME] = '1'
  expect(() => forcePnet(undefined)).toThrow(refused)
})
