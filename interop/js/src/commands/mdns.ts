import { found } from '../discovery.ts'
import type { Commands } from '../lines.ts'

/** Multicast DNS. */
export const mdnsCommands: Commands = { mdns: async () => ({ found }) }
