/** Bytes of an exchange. The largest key that is accepted, RSA with 8,192 bits, takes about 1 KiB. */
export const MAX_EXCHANGE_BYTES: number = 8 * 1024
