import type { Connection, Logger, Stream } from '@ts-libp2p/interface'
import { StreamReader, toError } from '@ts-libp2p/stream'
import { KadError } from '../errors.ts'
import { MAX_REQUEST_BYTES, STREAM_IDLE_MS } from '../limits.ts'
import type { Server } from '../server/server.ts'
import { decodeMessage } from '../wire/message.ts'

/** The streams that others opened to us: a request is read when the answer to the one before it has left. */
export class AnswerStreams {
  private readonly server: Server
  private readonly log: Logger
  private readonly open = new Set<Stream>()

  constructor(server: Server, log: Logger) {
    this.server = server
    this.log = log
  }

  /** Serves one stream until its end. Never rejects: a peer that misbehaves loses its stream. */
  async serve(stream: Stream, connection: Connection): Promise<void> {
    stream.inactivityTimeout = STREAM_IDLE_MS
    this.open.add(stream)
    try {
      await this.answerAll(stream, connection)
      await stream.close()
    } catch (err) {
      this.log('the requests of %p are not answered any more - %e', connection.remotePeer, err)
      stream.abort(toError(err))
    } finally {
      this.open.delete(stream)
    }
  }

  stop(): void {
    for (const stream of this.open) stream.abort(new KadError('no-answer', 'the DHT is not served any more'))
    this.open.clear()
  }

  private async answerAll(stream: Stream, connection: Connection): Promise<void> {
    const reader = new StreamReader(stream)
    for (;;) {
      const bytes = await reader.readMessageOrEnd({ limitBytes: MAX_REQUEST_BYTES })
      if (bytes === undefined) return
      const answer = this.server.answer(decodeMessage(bytes), connection)
      const frame = answer instanceof Promise ? await answer : answer
      if (frame !== undefined && !stream.send(frame)) await stream.onDrain()
    }
  }
}
