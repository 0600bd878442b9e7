import { type AbortOptions, type Clock, type Component, type Multiaddr, TimeoutError } from '@ts-libp2p/interface'
import { createDns } from '#dns'
import { abortable } from './abort.ts'
import * as code from './codes.ts'
import type { DnsLookup } from './dns.ts'
import { answersTo, recordName } from './dnsaddr.ts'
import { MultiaddrError } from './errors.ts'
import { isLocalhost } from './host.ts'
import { MAX_DNS_QUERIES, MAX_DNSADDR_DEPTH, MAX_RESOLVED_ADDRESSES, RESOLVE_TIMEOUT_MS } from './limits.ts'
import { multiaddr } from './multiaddr.ts'

export interface ResolverLimits {
  /** `dnsaddr` names that may lead to one another. Default 4. */
  maxDepth: number
  /** DNS questions for one `resolve()`. Default 32. */
  maxQueries: number
  /** Addresses that one `resolve()` returns or follows. Default 100. */
  maxAddresses: number
  /** Milliseconds for one `resolve()`. Default 10,000. */
  timeoutMs: number
}

export interface ResolverOptions {
  /** Who answers. Default `createDns()`: the system in Node, nobody in a browser. */
  dns?: DnsLookup
  limits?: Partial<ResolverLimits>
  /** What `timeoutMs` is measured by. Default: the real time. */
  clock?: Pick<Clock, 'after'>
  /**
   * Resolve `dnsaddr` only, and leave `dns`, `dns4` and `dns6` in the addresses for the transport, as browsers must.
   * Default false.
   */
  keepNames?: boolean
}

export interface Resolver {
  /**
   * The addresses behind the DNS name that `ma` begins with; `ma` itself when it begins with none. What some questions
   * answered is returned even if others failed.
   *
   * Throws a `MultiaddrError` (`resolve-failed`, with a cause) when nothing came of it, and `signal.reason` on abort.
   */
  resolve(ma: Multiaddr, options?: AbortOptions): Promise<Multiaddr[]>
}

const DEFAULT_LIMITS: ResolverLimits = {
  maxDepth: MAX_DNSADDR_DEPTH,
  maxQueries: MAX_DNS_QUERIES,
  maxAddresses: MAX_RESOLVED_ADDRESSES,
  timeoutMs: RESOLVE_TIMEOUT_MS
}

const REAL_TIME: Pick<Clock, 'after'> = {
  after(ms, fn) {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  }
}

/**
 * Resolves DNS names in addresses: https://github.com/multiformats/multiaddr/blob/master/protocols/DNSADDR.md
 *
 * @example
 * const { resolve } = createResolver()
 * await resolve(multiaddr('/dnsaddr/bootstrap.libp2p.io'), { signal })
 */
export function createResolver(options: ResolverOptions = {}): Resolver {
  const dns = options.dns ?? createDns()
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const keepNames = options.keepNames ?? false
  const clock = options.clock ?? REAL_TIME
  return {
    async resolve(ma, { signal } = {}) {
      signal?.throwIfAborted()
      const timeout = new AbortController()
      const expired = new TimeoutError(`${ma} was not resolved within ${limits.timeoutMs} ms`)
      const stopTimer = clock.after(limits.timeoutMs, () => timeout.abort(expired))
      const signals = signal === undefined ? [timeout.signal] : [timeout.signal, signal]
      try {
        const resolution = new Resolution(dns, limits, keepNames, AbortSignal.any(signals))
        const found = await resolution.follow(multiaddr(ma), 0)
        signal?.throwIfAborted()
        return resolution.outcome(ma, found)
      } finally {
        stopTimer()
      }
    }
  }
}

/** One `resolve()`: what it may still ask, and what went wrong so far. */
class Resolution {
  private readonly dns: DnsLookup
  private readonly limits: ResolverLimits
  private readonly keepNames: boolean
  private readonly signal: AbortSignal
  private readonly failures: unknown[] = []
  private readonly seen = new Set<string>()
  private queries = 0

  constructor(dns: DnsLookup, limits: ResolverLimits, keepNames: boolean, signal: AbortSignal) {
    this.dns = dns
    this.limits = limits
    this.keepNames = keepNames
    this.signal = signal
  }

  outcome(ma: Multiaddr, found: Multiaddr[]): Multiaddr[] {
    const distinct = [...new Map(found.map(ma => [ma.toString(), ma])).values()]
    if (distinct.length > 0) return distinct.slice(0, this.limits.maxAddresses)
    const [first, ...more] = this.failures
    const cause = more.length > 0 ? new AggregateError(this.failures, `${this.failures.length} failures`) : first
    const why = first === undefined ? 'no record of it fits' : (first as Error).message
    throw new MultiaddrError('resolve-failed', `${ma} has no addresses: ${why}`, { cause })
  }

  async follow(ma: Multiaddr, depth: number): Promise<Multiaddr[]> {
    if (this.isRepeated(ma)) return []
    const [name, ...rest] = ma.getComponents()
    switch (name?.code) {
      case code.CODE_DNSADDR:
        return await this.followRecords(ma, name, depth)
      case code.CODE_DNS:
        return this.keepNames ? [ma] : (await Promise.all([this.ip4(name, rest), this.ip6(name, rest)])).flat()
      case code.CODE_DNS4:
        return this.keepNames ? [ma] : await this.ip4(name, rest)
      case code.CODE_DNS6:
        return this.keepNames ? [ma] : await this.ip6(name, rest)
      default:
        return [ma]
    }
  }

  // Also the bound on all addresses together: each one is seen once.
  private isRepeated(ma: Multiaddr): boolean {
    const text = ma.toString()
    if (this.seen.has(text) || this.seen.size > this.limits.maxAddresses) return true
    this.seen.add(text)
    return false
  }

  private async followRecords(ma: Multiaddr, { value = '' }: Component, depth: number): Promise<Multiaddr[]> {
    if (depth >= this.limits.maxDepth) {
      this.failures.push(new MultiaddrError('too-large', `${ma} is over ${this.limits.maxDepth} dnsaddr names deep`))
      return []
    }
    const name = recordName(value)
    const records = await this.ask(name, signal => this.dns.txt(name, { signal }))
    const entries = answersTo(ma, records).slice(0, this.limits.maxAddresses)
    return (await Promise.all(entries.map(entry => this.follow(entry, depth + 1)))).flat()
  }

  private async ip4({ value = '' }: Component, rest: Component[]): Promise<Multiaddr[]> {
    const ips = isLocalhost(value) ? ['127.0.0.1'] : await this.ask(value, signal => this.dns.a(value, { signal }))
    return this.addresses(ips, code.CODE_IP4, 'ip4', withServerName(rest, value))
  }

  private async ip6({ value = '' }: Component, rest: Component[]): Promise<Multiaddr[]> {
    const ips = isLocalhost(value) ? ['::1'] : await this.ask(value, signal => this.dns.aaaa(value, { signal }))
    return this.addresses(ips, code.CODE_IP6, 'ip6', withServerName(rest, value))
  }

  private addresses(ips: readonly string[], code: number, name: string, rest: Component[]): Multiaddr[] {
    const found: Multiaddr[] = []
    for (const value of ips.slice(0, this.limits.maxAddresses)) {
      try {
        found.push(multiaddr([{ code, name, value }, ...rest]))
      } catch (error) {
        this.failures.push(error)
      }
    }
    return found
  }

  /** Never rejects: a failed question is one branch without addresses. */
  private async ask(name: string, question: (signal: AbortSignal) => Promise<string[]>): Promise<string[]> {
    try {
      this.signal.throwIfAborted()
      if (++this.queries > this.limits.maxQueries) {
        throw new MultiaddrError('too-large', `${name} would be over ${this.limits.maxQueries} DNS questions`)
      }
      return await abortable(question(this.signal), this.signal)
    } catch (error) {
      this.failures.push(error)
      return []
    }
  }
}

/**
 * TLS checks the server's name, which is lost with the DNS name: it goes on as `/sni`. `wss` and `https` become the
 * longer forms that have room for it.
 */
function withServerName(rest: readonly Component[], value: string): Component[] {
  const circuit = rest.findIndex(component => component.code === code.CODE_P2P_CIRCUIT)
  const direct = circuit < 0 ? rest : rest.slice(0, circuit)
  const sni: Component = { code: code.CODE_SNI, name: 'sni', value }
  const named = direct.flatMap((component, i) => {
    const next = direct[i + 1]?.code
    if (component.code === code.CODE_WSS) return [TLS, sni, WS]
    if (component.code === code.CODE_HTTPS) return [TLS, sni, HTTP]
    const isUnnamed = component.code === code.CODE_TLS && (next === code.CODE_WS || next === code.CODE_HTTP)
    return isUnnamed ? [component, sni] : [component]
  })
  return [...named, ...rest.slice(direct.length)]
}

const TLS: Component = { code: code.CODE_TLS, name: 'tls' }
const WS: Component = { code: code.CODE_WS, name: 'ws' }
const HTTP: Component = { code: code.CODE_HTTP, name: 'http' }
