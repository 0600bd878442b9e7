/** The kinds of resources that keep the process alive now. */
export function activeResources(): string[] {
  return process.getActiveResourcesInfo()
}
