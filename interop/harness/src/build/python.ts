import { join } from 'node:path'
import { type BuildOptions, buildOnce, runToolchain } from './program.ts'

const MISSING =
  'Python (3.10 or later), which runs the py-libp2p peer, did not start: install it from https://www.python.org, ' +
  'put python3 in the path, or name it in the variable PYTHON'

/**
 * Installs what the `requirements.txt` of a folder lists, anew when that changes, and resolves with the Python that has
 * it. Rejects with an `Error` that says so when there is no Python, or when the packages cannot be installed.
 */
export async function installPython(folder: string, options: BuildOptions = {}): Promise<string> {
  const { command = process.env.PYTHON ?? 'python3', timeoutMs } = options
  const environment = await buildOnce(folder, async target => {
    const run = (command: string, args: string[]): Promise<void> =>
      runToolchain({ command, args, missing: MISSING }, folder, timeoutMs)
    await run(command, ['-m', 'venv', '--clear', target])
    await run(pythonOf(target), [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '-r',
      'requirements.txt'
    ])
  })
  return pythonOf(environment)
}

function pythonOf(environment: string): string {
  return join(environment, 'bin', 'python')
}
