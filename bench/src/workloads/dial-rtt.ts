import { createProxy } from '@ts-libp2p/testing/proxy'
import type { Workload } from '../workload.ts'

const RTT_MS = 60
/** The proxy delays bytes, not the TCP handshake: its round trip is added. */
const TCP_HANDSHAKE = 1

export const dialRtt: Workload = {
  name: 'dial-rtt',
  peers: ['js', 'go', 'rust', 'limit'],
  rows: [
    {
      name: 'dial-rtt',
      unit: 'round trips',
      higherIsBetter: false,
      about: `Connect and get one byte back through a link of ${RTT_MS} ms round trip: the time over ${RTT_MS} ms, TCP's own round trip included; the fastest of some dials, because a busy machine only ever adds to it.`
    }
  ],
  async run({ pair, pace }) {
    const { server, client } = await pair()
    const [host, port] = [server.addr.split('/')[2] as string, Number(server.addr.split('/')[4])]
    const proxy = await createProxy({ host, port, oneWayMs: RTT_MS / 2 })
    try {
      const addr = server.addr.replace(`/tcp/${port}`, `/tcp/${proxy.port}`)
      const times: number[] = []
      for (let i = 0; i < pace.slowDials; i++) times.push((await client.ask('firstByte', { addr })).ms as number)
      return { 'dial-rtt': Math.min(...times) / RTT_MS + TCP_HANDSHAKE }
    } finally {
      await proxy.close()
    }
  }
}
