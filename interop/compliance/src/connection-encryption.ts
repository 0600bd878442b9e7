import type { PrivateKey } from '@libp2p/interface'
import tests from '@libp2p/interface-compliance-tests/connection-encryption'
import { noise } from '@ts-libp2p/noise'
import { plaintext } from '@ts-libp2p/plaintext'
import { secio } from '@ts-libp2p/secio'
import { tls } from '@ts-libp2p/tls'

const CHANNELS = { noise: noise(), tls: tls(), plaintext: plaintext(), secio: secio() }

for (const [name, channel] of Object.entries(CHANNELS)) {
  describe(name, () => {
    tests({
      setup: async args => channel({ privateKey: (args as { privateKey: PrivateKey }).privateKey }),
      teardown: async () => {}
    })
  })
}
