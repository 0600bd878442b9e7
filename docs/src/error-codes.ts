/** Writes the list of every error code of every package, as the sources say them. */
import { type DeclarationReflection, type ProjectReflection, ReflectionKind } from 'typedoc'
import { packageName } from './configuration.ts'

const HEAD = `# Error codes

The codes of every package, written from the sources by \`pnpm docs:build\`. What to do about the usual ones is in
[Errors and what to do](errors.md).
`

export function errorCodes(project: ProjectReflection): string {
  const sections = (project.children ?? []).map(section).filter(text => text !== undefined)
  return `${HEAD}\n${sections.join('\n')}`
}

function section(module: DeclarationReflection): string | undefined {
  const types = (module.children ?? []).filter(isCodes)
  if (types.length === 0) return undefined
  return `## ${packageName(module)}\n\n${types.map(list).join('\n')}`
}

function isCodes({ kind, name }: DeclarationReflection): boolean {
  return kind === ReflectionKind.TypeAlias && name.endsWith('ErrorCode')
}

/** What the docstring says of each code, or the codes alone where their names say it all. */
function list(type: DeclarationReflection): string {
  const said = type.comment?.summary.map(part => part.text).join('') ?? ''
  const codes = [...(type.type?.toString() ?? '').matchAll(/"([\w-]+)"/g)].map(([, code]) => `- \`${code}\``)
  return `### ${type.name.replace('Code', '')}\n\n${said.includes('- `') ? said : codes.join('\n')}\n`
}
