import { describe } from 'vitest'
import { backendTests } from './suite/index.ts'

describe('on the backend of this platform', () => {
  backendTests()
})
