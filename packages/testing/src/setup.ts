/**
 * A vitest setup file that makes a test fail that leaves something unhandled:
 * `test: { setupFiles: ['@ts-libp2p/testing/setup'] }`.
 */
import { noUnhandled } from './no-unhandled.ts'

noUnhandled()
