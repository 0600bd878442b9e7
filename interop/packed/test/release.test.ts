import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { readChange, section } from '../../../scripts/changelog.ts'
import { NODES, run } from '../src/run.ts'

describe('a change', () => {
  it('has a kind, packages and a text', () => {
    expect(readChange('fixed: noise, yamux\n\nTwo lines\nof text.\n', ['noise', 'yamux'])).toEqual({
      kind: 'fixed',
      packages: ['noise', 'yamux'],
      text: 'Two lines\nof text.'
    })
  })

  it.each([
    ['another kind', 'improved: noise\n\nText.'],
    ['no text', 'fixed: noise\n\n'],
    ['no empty line', 'fixed: noise\nText.'],
    ['a package that is not there', 'fixed: nose\n\nText.']
  ])('is refused with %s', (_, source) => {
    expect(() => readChange(source, ['noise'])).toThrow(/begins with|there is no package nose/)
  })

  it('stands in the changelog under its kind', () => {
    const changes = [
      { kind: 'fixed', packages: ['yamux'], text: 'B.' },
      { kind: 'added', packages: ['tls'], text: 'C.' },
      { kind: 'fixed', packages: ['noise'], text: 'A,\nin two lines.' }
    ] as const
    expect(section('1.2.3', changes)).toBe(
      '## 1.2.3\n\n### Added\n\n- **tls**: C.\n\n### Fixed\n\n- **noise**: A,\n  in two lines.\n- **yamux**: B.'
    )
  })
})

describe('pnpm release 9.8.7', () => {
  it('gives every package the version, and gathers the changes', async () => {
    const folder = join(inject('outside'), 'release')
    const kept = [
      'package.json',
      'CHANGELOG.md',
      'packages/identify/src/version.ts',
      ...globSync('{scripts,changes}/*')
    ]
    const manifests = [...globSync('{packages,examples,interop}/*/package.json'), ...globSync('*/package.json')]
    for (const path of [...kept, ...manifests]) copy(path, folder)
    writeFileSync(join(folder, 'changes/a.md'), 'security: noise\n\nA change.\n')

    await run(NODES['Node 26'], ['scripts/release.ts', '9.8.7'], folder)

    expect(await run(NODES['Node 26'], ['scripts/versions.ts'], folder)).toContain('every package is 9.8.7')
    const changelog = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8')
    expect(changelog).toMatch(
      /^# Changelog\n[\s\S]*\n## 9\.8\.7, \d{4}-\d\d-\d\d\n[\s\S]*- \*\*noise\*\*: A change\.\n/
    )
    expect(existsSync(join(folder, 'changes/a.md'))).toBe(false)
    expect(existsSync(join(folder, 'changes/README.md'))).toBe(true)
  })
})

function copy(path: string, folder: string): void {
  mkdirSync(join(folder, dirname(path)), { recursive: true })
  cpSync(resolve(path), join(folder, path))
}
