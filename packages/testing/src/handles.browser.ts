/** Browsers do not tell. */
export function activeResources(): string[] {
  return []
}
