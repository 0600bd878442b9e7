/**
 * Characters of a peer id's text. The longest, a secp256k1 id as a CIDv1 in base16, has 83; decoding takes time that
 * grows with the square of the length.
 */
export const MAX_TEXT_LENGTH = 100
