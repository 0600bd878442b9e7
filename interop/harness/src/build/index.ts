/** Builds the peers of other implementations; `bench/` uses it too. */
export * from './go.ts'
export { type BuildOptions, programPath } from './program.ts'
export * from './python.ts'
export * from './rust.ts'
