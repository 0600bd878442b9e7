import { expect, it } from 'vitest'
import { Everything } from './pb/every-type.js'

it('bytes that are read are plain views, even of a Buffer', () => {
  const input = Buffer.from('42020a0b', 'hex')
  const { data } = Everything.decode(input)
  expect(data.buffer).toBe(input.buffer)
  expect(data.constructor).toBe(Uint8Array)
})
