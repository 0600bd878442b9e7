import { KEY_BITS } from '../key.ts'

/** What is kept, by how many leading bits it shares with us: when room is needed, the farthest goes. */
export class Nearness {
  private readonly byPrefix: (Set<string> | undefined)[] = new Array(KEY_BITS + 1).fill(undefined)

  add(name: string, prefixLength: number): void {
    const names = this.byPrefix[prefixLength] ?? new Set()
    this.byPrefix[prefixLength] = names
    names.add(name)
  }

  delete(name: string, prefixLength: number): void {
    this.byPrefix[prefixLength]?.delete(name)
  }

  /** Of the farthest, the one that came first. */
  farthest(): string | undefined {
    for (const names of this.byPrefix) {
      for (const name of names ?? []) return name
    }
    return undefined
  }
}
