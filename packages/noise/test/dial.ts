import { fromUtf8 } from '@ts-libp2p/bytes'
import type { ConnectionEncrypter } from '@ts-libp2p/interface'
import { bareStream, settle } from '@ts-libp2p/testing'

/** What leaves when somebody dials on a stream on which `before` is queued. */
export async function writesOf(encrypter: ConnectionEncrypter, before: string): Promise<Uint8Array[]> {
  const { stream, writes } = bareStream()
  stream.send(fromUtf8(before))
  void encrypter.secureOutbound(stream).catch(() => {})
  await settle()
  stream.abort(new Error('done'))
  return writes
}
