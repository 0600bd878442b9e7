/**
 * A setup file of vitest: properties draw from the seed in `PROPERTY_SEED`, where there is one, so that the same code
 * passes or fails the same way. Otherwise each run has its own, and prints it when it fails.
 */
import fc from 'fast-check'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    propertySeed: number | undefined
  }
}

const seed = inject('propertySeed')
if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed })
