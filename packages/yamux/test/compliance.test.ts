import { muxerCompliance } from '@ts-libp2p/testing'
import { yamux } from '../src/index.ts'

muxerCompliance('yamux', { create: options => yamux(options)(), hasFlowControl: true })
