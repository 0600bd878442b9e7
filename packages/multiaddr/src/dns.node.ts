import { lookup, Resolver } from 'node:dns/promises'
import { abortable } from './abort.ts'
import type { DnsLookup, DnsOptions } from './dns.ts'
import { dnsOverHttps } from './doh.ts'
import { MultiaddrError } from './errors.ts'

/**
 * The system's resolver, so that `/etc/hosts` counts; or the given servers, asked directly; or DNS over HTTPS where an
 * endpoint is given.
 */
export function createDns(options: DnsOptions = {}): DnsLookup {
  const { endpoint, servers } = options
  if (endpoint !== undefined) return dnsOverHttps(endpoint)
  return {
    a: (name, { signal } = {}) =>
      servers === undefined ? system(name, 4, signal) : query(name, 'A', servers, signal, dns => dns.resolve4(name)),
    aaaa: (name, { signal } = {}) =>
      servers === undefined ? system(name, 6, signal) : query(name, 'AAAA', servers, signal, dns => dns.resolve6(name)),
    txt: async (name, { signal } = {}) => {
      const records = await query(name, 'TXT', servers, signal, dns => dns.resolveTxt(name))
      return records.map(strings => strings.join(''))
    }
  }
}

/** getaddrinfo cannot be cancelled: on abort its answer is left behind. */
async function system(name: string, family: 4 | 6, signal: AbortSignal | undefined): Promise<string[]> {
  signal?.throwIfAborted()
  try {
    const found = await abortable(lookup(name, { all: true, family }), signal)
    return found.map(({ address }) => address)
  } catch (cause) {
    signal?.throwIfAborted()
    throw failed(name, `IPv${family} address`, cause)
  }
}

async function query<T>(
  name: string,
  type: string,
  servers: readonly string[] | undefined,
  signal: AbortSignal | undefined,
  ask: (dns: Resolver) => Promise<T>
): Promise<T> {
  signal?.throwIfAborted()
  const dns = new Resolver()
  const cancel = () => dns.cancel()
  signal?.addEventListener('abort', cancel)
  try {
    if (servers !== undefined) dns.setServers(servers)
    return await ask(dns)
  } catch (cause) {
    signal?.throwIfAborted()
    throw failed(name, `${type} records`, cause)
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

function failed(name: string, what: string, cause: unknown): MultiaddrError {
  return new MultiaddrError('dns-failed', `no ${what} of ${name}: ${(cause as Error).message}`, { cause })
}
