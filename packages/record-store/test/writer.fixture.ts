/**
 * Puts records into LevelDB until it is killed: `node writer.fixture.ts <folder>`. Prints the number of each record once
 * `put` has resolved.
 */
import { LevelDatastore } from 'datastore-level'
import { createRecordStore, datastoreMedium } from '../src/index.ts'
import { note, noteKey, validators } from './records.ts'

const datastore = new LevelDatastore(process.argv[2] as string)
await datastore.open()
const store = createRecordStore({ medium: datastoreMedium(datastore), validators })
for (let i = 0; ; i++) {
  // Every record of its own key, and one key whose record is replaced all the time.
  await Promise.all([store.put(noteKey(String(i)), note(i, 'y'.repeat(500))), store.put(noteKey('last'), note(i))])
  process.stdout.write(`${i}\n`)
}
