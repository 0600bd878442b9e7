import { securityCompliance } from '@ts-libp2p/testing'
import { plaintext } from '../src/index.ts'

securityCompliance('plaintext', { create: ({ privateKey }) => plaintext()({ privateKey }), authenticates: false })
