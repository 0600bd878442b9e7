export { browser as platformPreset } from './presets/browser.ts'
