/** Copies a package's generated protobuf code, which the compiler only reads types from, into its `dist/`. */
import { cpSync } from 'node:fs'

cpSync('src/pb', 'dist/pb', { recursive: true, filter: path => !path.endsWith('.proto') })
