import { securityCompliance } from '@ts-libp2p/testing'
import { noise } from '../src/index.ts'

securityCompliance('noise', { create: ({ privateKey }) => noise()({ privateKey }), authenticates: true })
