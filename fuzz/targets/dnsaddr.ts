import { fromUtf8 } from '@ts-libp2p/bytes'
import { createResolver, multiaddr } from '@ts-libp2p/multiaddr'
import { addresses } from '../src/examples.ts'
import type { Target } from '../src/target.ts'

/** TXT records, a line each, of a name that is dialled. */
export const target: Target = {
  name: 'dnsaddr',
  seeds: () => [
    fromUtf8(
      addresses()
        .map(address => `dnsaddr=${address}`)
        .join('\n')
    ),
    fromUtf8('dnsaddr=/dnsaddr/a.example\ndnsaddr=/dns4/b.example/tcp/1\nsomething else')
  ],
  async run(input) {
    const records = new TextDecoder().decode(input).split('\n')
    const dns = { txt: async () => records, a: async () => ['1.2.3.4'], aaaa: async () => ['::1'] }
    await createResolver({ dns }).resolve(multiaddr('/dnsaddr/name.example'))
  }
}
