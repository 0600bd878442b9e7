import { securityCompliance } from '@ts-libp2p/testing'
import { secio } from '../src/index.ts'

securityCompliance('secio', { create: ({ privateKey }) => secio()({ privateKey }), authenticates: true })
