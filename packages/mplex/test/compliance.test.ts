import { muxerCompliance } from '@ts-libp2p/testing'
import { mplex } from '../src/index.ts'

muxerCompliance('mplex', { create: options => mplex(options)(), hasFlowControl: false })
