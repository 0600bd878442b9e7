/** Reads the types of the packages once, for the configuration reference and the API reference. */
import { join } from 'node:path'
import { Application, type ProjectReflection } from 'typedoc'
import { REPOSITORY } from './links.ts'
import { packageNames } from './packages.ts'

export interface Reference {
  readonly project: ProjectReflection
  /** Writes the pages of the API reference into a folder. */
  write(folder: string): Promise<void>
}

export async function readReference(): Promise<Reference> {
  const app = await Application.bootstrap({
    name: 'libp2p for TypeScript',
    entryPoints: packageNames().map(name => join(REPOSITORY, 'packages', name, 'src/index.ts')),
    tsconfig: join(REPOSITORY, 'docs/tsconfig.reference.json'),
    basePath: REPOSITORY,
    readme: 'none',
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    gitRevision: 'main',
    // The sources say `{@link …}` of what other packages export, too.
    validation: { notExported: false, invalidLink: true, notDocumented: false },
    navigation: { includeCategories: false }
  })
  const project = await app.convert()
  if (project === undefined || app.logger.hasErrors()) throw new Error('typedoc could not read the packages')
  return { project, write: folder => app.generateDocs(project, folder) }
}
