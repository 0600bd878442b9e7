import { bytesEqual } from '@ts-libp2p/bytes'
import { multiaddr } from '@ts-libp2p/multiaddr'
import { addresses } from '../src/examples.ts'
import { must, type Target } from '../src/target.ts'

/** Addresses in their binary form: as text and back they are the same. */
export const target: Target = {
  name: 'multiaddr-bytes',
  seeds: () => addresses().map(({ bytes }) => bytes),
  run(input) {
    const address = multiaddr(input)
    const again = multiaddr(address.toString())
    must(bytesEqual(again.bytes, address.bytes), `${address} is another address when it is read again`)
    address.getComponents()
  }
}
