/** A setup file of vitest: has the test files that come after it run in a Web Worker. */
import { installMirror } from './mirror.ts'

installMirror()
