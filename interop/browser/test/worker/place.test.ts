import { expect, it } from 'vitest'

it('is a worker, not a page', () => {
  expect(globalThis.constructor.name).toBe('DedicatedWorkerGlobalScope')
  expect(typeof document).toBe('undefined')
})
