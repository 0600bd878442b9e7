export type MultiaddrInput = string | Multiaddr | Uint8Array | null | Component[]

/** One `/name/value` part of an address. */
export interface Component {
  /** From the protocol table, e.g. 6 for `tcp`. */
  code: number
  name: string
  /** Absent for protocols without a value, e.g. `ws`. */
  value?: string
  bytes?: Uint8Array<ArrayBuffer>
}

/** A self-describing network address, immutable. */
export interface Multiaddr {
  bytes: Uint8Array<ArrayBuffer>
  toString(): string
  toJSON(): string
  getComponents(): Component[]
  /** This address with another appended. */
  encapsulate(addr: MultiaddrInput): Multiaddr
  /** This address up to the last occurrence of another. */
  decapsulate(addr: Multiaddr | string): Multiaddr
  /** This address up to the last component with this code. */
  decapsulateCode(code: number): Multiaddr
  // biome-ignore lint/suspicious/noExplicitAny: anything can be compared
  equals(addr?: any): boolean
}

/** Brands multiaddrs across packages and versions. */
export const multiaddrSymbol: unique symbol = Symbol.for('@multiformats/multiaddr') as never

export function isMultiaddr(value: unknown): value is Multiaddr {
  return Boolean((value as { [multiaddrSymbol]?: boolean } | null)?.[multiaddrSymbol])
}
