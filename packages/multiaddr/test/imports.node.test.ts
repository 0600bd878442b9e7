import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Every module that this one loads, ours by file name and others by package. */
function graph(file: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8')
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : ''
  for (const [, name = ''] of source.matchAll(/^(?:import|export)(?! type)[^'\n]*?(?:\{[^}]*\} )?from '([^']+)'/gm)) {
    if (name.startsWith('.')) graph(new URL(name, `file:///${folder}`).pathname.slice(1), seen)
    else seen.add(name)
  }
  return seen
}

test('an address alone brings neither DNS nor netmask with it', () => {
  const modules = [...graph('multiaddr.ts')]
  expect(modules).toContain('values/hashes.ts')
  expect(modules.filter(name => /dns|doh|resolver|cidr|matchers|node:/.test(name))).toEqual([])
})

test('nothing a browser loads imports a part of Node', () => {
  const modules = ['index.ts', 'dns.browser.ts'].flatMap(file => [...graph(file)])
  expect(modules).toContain('#dns')
  expect(modules.filter(name => name.startsWith('node:'))).toEqual([])
})
