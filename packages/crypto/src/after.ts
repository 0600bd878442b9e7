/** `next` of the value, at once where it is there: Node computes at once what browsers compute behind a promise. */
export function after<T, U>(value: T | Promise<T>, next: (value: T) => U): U | Promise<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}
