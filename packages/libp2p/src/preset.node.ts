export { node as platformPreset } from './presets/node.ts'
