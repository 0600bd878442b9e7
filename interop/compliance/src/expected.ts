/**
 * Cases that ask for what no specification does, by their full titles, with the reason. Each has to fail: one that
 * passes is to be taken off the list. `docs/interop.md` says more.
 */
const TWO_CHUNKS =
  'it wants two sends to arrive as two chunks. A stream is a sequence of bytes: yamux is "stream-oriented", and frames mean nothing to who reads (https://github.com/libp2p/specs/blob/master/yamux/README.md)'
const PRIVATE = (name: string): string =>
  `it looks into \`${name}\`, a private part of js-libp2p's own AbstractStream, which is not in the contract (@libp2p/interface, Stream)`
const NO_HALF_CLOSE =
  "it closes a connection and reads what is sent back after that, over js-libp2p's connection pair, whose close() ends both directions. No specification gives a secured connection a half-close (https://github.com/libp2p/specs/blob/master/connections/README.md)"

const muxer = (name: string): Record<string, string> => ({
  [`${name} interface-stream-muxer close can close a stream for writing`]: TWO_CHUNKS,
  [`${name} interface-stream-muxer streams does not send close read when remote closes write`]:
    PRIVATE('sendCloseRead'),
  [`${name} interface-stream-muxer streams does not send close read or write when remote resets`]:
    PRIVATE('sendCloseRead'),
  [`${name} interface-stream-muxer streams should abort close due to timeout with slow sender`]: PRIVATE('writeBuffer')
})

const channel = (name: string): Record<string, string> => ({
  [`${name} interface-connection-encrypter compliance tests it wraps the provided duplex connection`]: NO_HALF_CLOSE
})

export const EXPECTED_FAILURES: Readonly<Record<string, string>> = {
  ...muxer('yamux'),
  ...muxer('mplex'),
  ...channel('noise'),
  ...channel('tls'),
  ...channel('plaintext'),
  ...channel('secio')
}
