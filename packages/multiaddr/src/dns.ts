import type { AbortOptions } from '@ts-libp2p/interface'

/** The three questions that resolving asks. Rejects when there is no answer, and with `signal.reason` on abort. */
export interface DnsLookup {
  /** IPv4 addresses of a name. */
  a(name: string, options?: AbortOptions): Promise<string[]>
  /** IPv6 addresses of a name. */
  aaaa(name: string, options?: AbortOptions): Promise<string[]>
  /** TXT records of a name, each with its strings joined. */
  txt(name: string, options?: AbortOptions): Promise<string[]>
}

export interface DnsOptions {
  /**
   * A DNS-over-HTTPS service that answers in JSON, e.g. `https://cloudflare-dns.com/dns-query`. It learns every name
   * that is asked. Default none: Node asks the system, and a browser cannot ask at all.
   */
  endpoint?: string
  /** Addresses of DNS servers, `ip` or `ip:port`, to ask instead of the system's. Node only. Default the system's. */
  servers?: readonly string[]
}
