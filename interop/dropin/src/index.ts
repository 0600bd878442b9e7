export * from './nodes.ts'
export * from './talk.ts'
