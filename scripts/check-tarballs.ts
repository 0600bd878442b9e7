import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { promisify } from 'node:util'

/** What a tarball has beside its code. */
const BESIDE = ['package/LICENSE', 'package/README.md', 'package/package.json']
const CODE = /^package\/dist\/.+\.(d\.ts|js)$/

/**
 * Checks tarballs as the registry would get them: `publint` for the manifest, `attw` for the resolution of types, and that
 * they have what users need and nothing else. Throws an `Error` with all that was found.
 */
export async function checkTarballs(tarballs: Readonly<Record<string, string>>): Promise<void> {
  const failures: string[] = []
  const waiting = Object.entries(tarballs)
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, path] = next
      const found = [
        ...(await run('publint', ['run', path, '--strict'])),
        ...(await run('attw', attw(path))),
        ...(await contents(path))
      ]
      console.log(`${found.length === 0 ? 'ok  ' : 'FAIL'} ${name}`)
      failures.push(...found.map(text => `${name}: ${text}`))
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  if (failures.length > 0) throw new Error(failures.join('\n'))
  console.log(`packages: ${Object.keys(tarballs).length} pass publint and attw, and have what they must`)
}

async function contents(path: string): Promise<string[]> {
  const members = (await tar('-tzf', path)).trim().split('\n')
  const manifest = await tar('-xzOf', path, 'package/package.json')
  return [
    ...BESIDE.filter(file => !members.includes(file)).map(file => `has no ${file}`),
    ...members.filter(file => !BESIDE.includes(file) && !CODE.test(file)).map(file => `must not have ${file}`),
    ...(manifest.includes('"workspace:') ? ['depends on what only the workspace has'] : [])
  ]
}

async function tar(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('tar', args, { maxBuffer: 1 << 26 })
  return stdout
}

function attw(path: string): string[] {
  return [path, '--profile', 'esm-only', '--no-color']
}

/** What the program said, where it failed. */
function run(name: string, args: string[]): Promise<string[]> {
  return new Promise(done => {
    execFile(resolve('node_modules/.bin', name), args, { maxBuffer: 1 << 26 }, (err, stdout, stderr) => {
      done(err === null ? [] : [`${name}\n${stdout}${stderr}`])
    })
  })
}
