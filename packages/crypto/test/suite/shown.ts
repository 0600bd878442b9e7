/** What Node's `util.inspect`, and with it `console.log`, shows of a value that says so itself. */
export function inspected(value: object): string {
  const say = (value as Record<symbol, unknown>)[Symbol.for('nodejs.util.inspect.custom')]
  if (typeof say !== 'function') throw new Error('it does not say how it is shown')
  return String(say.call(value))
}
