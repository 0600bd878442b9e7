import type { DnsLookup, DnsOptions } from './dns.ts'
import { dnsOverHttps } from './doh.ts'
import { MultiaddrError } from './errors.ts'

/** DNS over HTTPS where an endpoint is given. Without one every question rejects with `no-dns`. */
export function createDns(options: DnsOptions = {}): DnsLookup {
  return options.endpoint === undefined ? { a: refuse, aaaa: refuse, txt: refuse } : dnsOverHttps(options.endpoint)
}

async function refuse(name: string): Promise<never> {
  throw new MultiaddrError(
    'no-dns',
    `cannot look up ${name}: a browser has no DNS. Pass createDns({ endpoint }) with a DNS-over-HTTPS service, or leave names to WebSocket`
  )
}
