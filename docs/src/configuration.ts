/** Writes the configuration reference: every option of every package, as its type and its docstring say. */
import { type Comment, type DeclarationReflection, type ProjectReflection, ReflectionKind } from 'typedoc'

const OPTIONS = /(Options|Init|Limits|Parameters|Params)$/

const HEAD = `# Configuration

Every option of every package, with its type and what it does, written from the sources by \`pnpm docs:build\`. The options of a node
are those of \`Libp2pOptions\` in [libp2p](#libp2p); the options of a module are given to its factory, as in \`yamux({ … })\`.
`

export function configuration(project: ProjectReflection): string {
  const sections = (project.children ?? []).map(section).filter(text => text !== undefined)
  return `${HEAD}\n${sections.join('\n')}`
}

/** These have no options of their own, but those of calls. */
const WITHOUT = ['interface', 'testing']

function section(module: DeclarationReflection): string | undefined {
  if (WITHOUT.includes(packageName(module))) return undefined
  const tables = (module.children ?? []).filter(isOptions).map(table)
  if (tables.length === 0) return undefined
  return `## ${packageName(module)}\n\n${tables.join('\n')}`
}

/** typedoc names a module by its path: `packages/libp2p`. */
export function packageName(module: DeclarationReflection): string {
  return module.name.replace(/^packages\//, '').replace(/\/src.*$/, '')
}

function isOptions(reflection: DeclarationReflection): boolean {
  const fields = reflection.children ?? []
  return reflection.kind === ReflectionKind.Interface && OPTIONS.test(reflection.name) && fields.some(isOption)
}

/** A field of this very interface; those it takes over stand where they are declared. */
function isOption(field: DeclarationReflection): boolean {
  return field.kind === ReflectionKind.Property && field.inheritedFrom === undefined
}

function table(options: DeclarationReflection): string {
  const rows = (options.children ?? []).filter(isOption).map(row)
  const intro = text(options.comment)
  return [
    `### ${options.name}\n`,
    ...(intro === '' ? [] : [`${intro}\n`]),
    '| option | type | |',
    '| --- | --- | --- |',
    ...rows,
    ''
  ].join('\n')
}

function row(option: DeclarationReflection): string {
  const type = option.type?.toString() ?? ''
  const name = option.flags.isOptional ? option.name : `${option.name} (required)`
  return `| \`${name}\` | \`${cell(type)}\` | ${cell(text(option.comment))} |`
}

function text(comment: Comment | undefined): string {
  const parts = comment?.summary.map(part => part.text) ?? []
  const tags = comment?.blockTags.filter(tag => tag.tag === '@default' || tag.tag === '@defaultValue') ?? []
  const defaults = tags.map(tag => ` Default ${tag.content.map(part => part.text).join('')}.`)
  return escapeHtml([...parts, ...defaults].join('').replaceAll('\n', ' ').trim())
}

/** `<` outside code would be a tag. */
function escapeHtml(markdown: string): string {
  return markdown
    .split(/(`[^`]*`)/)
    .map(part => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;').replaceAll('{', '&#123;')))
    .join('')
}

function cell(markdown: string): string {
  return markdown.replaceAll('|', '\\|')
}
