import type { Entry } from './entry.ts'
import { MAX_SHARED_LISTS } from './limits.ts'

/** Lets peers with the same protocols share one list: most run one of a few programs. */
export class SharedLists {
  private readonly lists = new Map<string, readonly string[]>()

  /** The entry with a list of protocols that others may have too. */
  shared(entry: Entry): Entry {
    const protocols = this.listLike(entry.protocols)
    return protocols === entry.protocols ? entry : Object.freeze({ ...entry, protocols })
  }

  private listLike(list: readonly string[]): readonly string[] {
    const text = list.join('\n')
    const known = this.lists.get(text)
    if (known?.length === list.length && known.every((name, i) => name === list[i])) return known
    if (this.lists.size >= MAX_SHARED_LISTS) this.lists.clear()
    this.lists.set(text, list)
    return list
  }
}
