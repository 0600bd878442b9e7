/**
 * What changed for those who use the packages. Each change brings a file in `changes/`; a release gathers them into
 * `CHANGELOG.md`. As a command: fails where one of them is not as `changes/README.md` has it.
 */
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'

const KINDS = ['added', 'changed', 'fixed', 'removed', 'security'] as const
type Kind = (typeof KINDS)[number]

export interface Change {
  readonly kind: Kind
  /** Names of packages, without their scope. */
  readonly packages: readonly string[]
  readonly text: string
}

/** Reads `kind: package, package` and, after an empty line, what changed. Throws an `Error` that says what is wrong. */
export function readChange(source: string, known: readonly string[]): Change {
  const [, kind = '', names = '', text = ''] = /^(\w+): (.+)\n\n([\s\S]+)$/.exec(source) ?? []
  if (!isKind(kind)) throw new Error(`begins with one of ${KINDS.join(', ')}, a colon and packages, then an empty line`)
  const packages = names.split(',').map(name => name.trim())
  const unknown = packages.filter(name => !known.includes(name))
  if (unknown.length > 0) throw new Error(`there is no package ${unknown.join(', ')}`)
  return { kind, packages, text: text.trim() }
}

/** A section of the changelog, by kind. */
export function section(title: string, changes: readonly Change[]): string {
  const parts = KINDS.flatMap(kind => {
    const lines = changes.filter(change => change.kind === kind).map(line)
    return lines.length === 0 ? [] : [`### ${kind[0]?.toUpperCase()}${kind.slice(1)}\n\n${lines.sort().join('\n')}`]
  })
  return [`## ${title}`, ...parts].join('\n\n')
}

/** The changes since the last release. */
export function pendingChanges(): Change[] {
  const known = globSync('packages/*').map(path => basename(path))
  return changeFiles().map(path => {
    try {
      return readChange(readFileSync(path, 'utf8'), known)
    } catch (err) {
      throw new Error(`${path}: ${(err as Error).message}`)
    }
  })
}

/** Moves them into `CHANGELOG.md`, above the releases before. */
export function gatherChanges(version: string, date: string): void {
  const added = section(`${version}, ${date}`, pendingChanges())
  const changelog = readFileSync('CHANGELOG.md', 'utf8')
  const at = changelog.search(/^## /m)
  const [head, rest] = at === -1 ? [changelog, ''] : [changelog.slice(0, at), `\n${changelog.slice(at)}`]
  writeFileSync('CHANGELOG.md', `${head.trimEnd()}\n\n${added}\n${rest}`)
  for (const path of changeFiles()) rmSync(path)
}

function changeFiles(): string[] {
  return globSync('changes/*.md')
    .filter(path => basename(path) !== 'README.md')
    .sort()
}

function line({ packages, text }: Change): string {
  return `- **${packages.join(', ')}**: ${text.replaceAll('\n', '\n  ')}`
}

function isKind(kind: string): kind is Kind {
  return (KINDS as readonly string[]).includes(kind)
}

if (import.meta.main) console.log(`changes: ${pendingChanges().length} since the last release`)
