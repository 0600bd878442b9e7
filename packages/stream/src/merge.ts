import { toError } from './abortable.ts'

/**
 * What several sources give, as it comes: one item of each is taken ahead. A source that fails ends alone; when all have
 * failed, the iteration throws an `AggregateError` with their errors. Leaving the iteration ends all sources.
 */
export async function* merge<T>(sources: readonly AsyncIterable<T>[]): AsyncGenerator<T, void, undefined> {
  const ready: { readonly item: T; readonly next: () => void }[] = []
  const errors: Error[] = []
  let running = sources.length
  let wake = (): void => {}
  const iterators = sources.map(source => source[Symbol.asyncIterator]())
  const finish = (): void => {
    running--
    wake()
  }
  const pull = (iterator: AsyncIterator<T>): void => {
    iterator.next().then(
      result => {
        if (result.done === true) return finish()
        ready.push({ item: result.value, next: () => pull(iterator) })
        wake()
      },
      (err: unknown) => {
        errors.push(toError(err))
        finish()
      }
    )
  }
  try {
    for (const iterator of iterators) pull(iterator)
    while (running > 0 || ready.length > 0) {
      const arrived = ready.shift()
      if (arrived !== undefined) {
        arrived.next()
        yield arrived.item
        continue
      }
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
    if (errors.length > 0 && errors.length === sources.length) throw new AggregateError(errors, messagesOf(errors))
  } finally {
    for (const iterator of iterators) iterator.return?.()?.catch(() => {})
  }
}

function messagesOf(errors: readonly Error[]): string {
  return errors.map(({ message }) => message).join('; ')
}
