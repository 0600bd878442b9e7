// Apart from the code that makes them: its types are Node's, which who uses this package need not have installed.

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

export type CertificateKeyType = 'P-256' | 'Ed25519'
