import { fromUtf8, toUtf8 } from '@ts-libp2p/bytes'
import { isCurrent, RecordError, type RecordValidators, recordScheme } from '@ts-libp2p/record'

/** A record kind for tests, written as text: `<sequence> <until> <anything>`. */
interface Note {
  readonly sequence: number
  readonly until: number
}

const scheme = recordScheme<Note>({
  parse(_key, value) {
    const [sequence, until] = toUtf8(value).split(' ').map(Number)
    if (!Number.isInteger(sequence) || !Number.isInteger(until)) throw new RecordError('malformed', 'not a note')
    return { sequence: sequence as number, until: until as number }
  },
  checks: [isCurrent(note => note)],
  order: [note => note.sequence]
})

export const validators: RecordValidators = { note: scheme, memo: scheme }

/** Long after every test. */
const FAR = Date.UTC(2100, 0)

export const note = (sequence: number, text = 'x', until: number = FAR): Uint8Array =>
  fromUtf8(`${sequence} ${until} ${text}`)

export const noteKey = (name: string): Uint8Array => fromUtf8(`/note/${name}`)

/** A key that is no text. */
export const binaryKey = (...bytes: number[]): Uint8Array => new Uint8Array([...fromUtf8('/note/'), ...bytes])

export const text = toUtf8
