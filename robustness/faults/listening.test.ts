/** Addresses that cannot be listened on. */
import { createLibp2p } from '@ts-libp2p/libp2p'
import { describe, expect, it } from 'vitest'
import { portOf } from '../src/ports.ts'

describe('an address that is in use', () => {
  it('is told with the address and the reason when it is the only one', async () => {
    await using first = await createLibp2p({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } })
    const address = `/ip4/127.0.0.1/tcp/${portOf(first)}`
    const err = await createLibp2p({ addresses: { listen: [address] } }).catch((e: unknown) => e)
    expect(err).toMatchObject({ name: 'SwarmError', code: 'listen-failed', message: expect.stringContaining(address) })
    expect((err as Error).cause).toMatchObject({ errors: [{ name: 'TcpError', code: 'address-in-use' }] })
  })

  it('does not keep a node from listening on the others', async () => {
    await using first = await createLibp2p({ addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] } })
    const listen = [`/ip4/127.0.0.1/tcp/${portOf(first)}`, '/ip4/127.0.0.1/tcp/0']
    await using second = await createLibp2p({ addresses: { listen } })
    expect(second.getMultiaddrs()).toHaveLength(1)
  })

  it('that is not ours is told as such', async () => {
    const err = await createLibp2p({ addresses: { listen: ['/ip4/192.0.2.1/tcp/0'] } }).catch((e: unknown) => e)
    expect((err as Error).cause).toMatchObject({ errors: [{ name: 'TcpError', code: 'address-not-available' }] })
  })
})
