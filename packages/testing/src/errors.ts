import { Libp2pError } from '@ts-libp2p/interface'

export type TestingErrorCode = 'endless' | 'deadlock' | 'misuse' | 'leak' | 'unhandled' | 'too-large'

/** A test went wrong in a way that the tools can name: it is the test, or what it tests, that must change. */
export class TestingError extends Libp2pError<TestingErrorCode> {
  constructor(code: TestingErrorCode, message: string, options?: ErrorOptions) {
    super('TestingError', code, message, options)
  }
}
