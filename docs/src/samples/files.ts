import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from '../links.ts'
import { packageNames } from '../packages.ts'
import { moduleOf, samplesOf } from './extract.ts'

/** Where the samples are written to be compiled and run. */
export const SAMPLES_FOLDER: string = join(REPOSITORY, 'docs/.samples')

export interface SampleFile {
  /** The Markdown file, relative to the repository. */
  readonly page: string
  readonly samples: readonly { readonly module: string; readonly place: string; readonly isRun: boolean }[]
}

/** Every page that has samples. */
function pages(): string[] {
  const guide = readdirSync(join(REPOSITORY, 'docs')).filter(name => name.endsWith('.md'))
  const generated = ['configuration.md', 'error-codes.md', 'security.md']
  return [
    'README.md',
    ...guide.filter(name => !generated.includes(name)).map(name => `docs/${name}`),
    ...packageNames().map(name => `packages/${name}/README.md`)
  ]
}

/** Writes each sample of each page as a module. */
export function writeSamples(): SampleFile[] {
  rmSync(SAMPLES_FOLDER, { recursive: true, force: true })
  mkdirSync(SAMPLES_FOLDER)
  writeFileSync(join(SAMPLES_FOLDER, 'tsconfig.json'), JSON.stringify(TSCONFIG))
  return pages()
    .map(writeSamplesOf)
    .filter(({ samples }) => samples.length > 0)
}

function writeSamplesOf(page: string): SampleFile {
  const samples = samplesOf(readFileSync(join(REPOSITORY, page), 'utf8')).map(({ line, code, isRun }) => {
    const module = `${page.replace('.md', '').replaceAll('/', '.')}.line-${line}.ts`
    writeFileSync(join(SAMPLES_FOLDER, module), moduleOf(code))
    return { module, place: `${page}:${line}`, isRun }
  })
  return { page, samples }
}

const TSCONFIG = {
  extends: '../../tsconfig.base.json',
  compilerOptions: {
    ...{ composite: false, noEmit: true, emitDeclarationOnly: false, declaration: false, isolatedDeclarations: false },
    // A sample shows what there is; it need not use all of it.
    ...{ noUnusedLocals: false, noUnusedParameters: false, types: ['node'] }
  },
  include: ['*.ts']
}
