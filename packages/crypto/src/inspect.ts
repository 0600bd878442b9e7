/** Where Node's `util.inspect`, and with it `console.log`, asks how to show a value. */
const inspectSymbol = Symbol.for('nodejs.util.inspect.custom')

/** Shows the instances of a class as their `toString()`, rather than field by field. */
export function inspectAsText(prototype: object): void {
  Object.defineProperty(prototype, inspectSymbol, {
    value(this: object) {
      return String(this)
    }
  })
}
