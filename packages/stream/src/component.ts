/**
 * A component that a module can do without. js-libp2p's nodes throw a `MissingServiceError` when asked for one that
 * they do not have, where others have `undefined`.
 */
export function optional<Components extends object, Name extends keyof Components>(
  components: Components,
  name: Name
): Components[Name] | undefined {
  try {
    return components[name]
  } catch (err) {
    if ((err as Error | null)?.name === 'MissingServiceError') return undefined
    throw err
  }
}
