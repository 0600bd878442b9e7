import { bytesEqual, fromUtf8 } from '@ts-libp2p/bytes'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { addresses } from '../src/examples.ts'
import { must, type Target } from '../src/target.ts'

/** Addresses as text: what is printed reads as the same address. */
export const target: Target = {
  name: 'multiaddr-text',
  seeds: () => addresses().map(address => fromUtf8(address.toString())),
  run(input) {
    const address = multiaddr(new TextDecoder().decode(input))
    const again = multiaddr(address.toString())
    must(bytesEqual(again.bytes, address.bytes), `${address} is another address when it is read again`)
    must(again.toString() === address.toString(), `${address} is printed in two ways`)
  }
}
