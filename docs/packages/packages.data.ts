import { description, packageNames } from '../src/packages.ts'

declare const data: { name: string; description: string }[]

export { data }

export default {
  load: () => packageNames().map(name => ({ name, description: description(name) }))
}
