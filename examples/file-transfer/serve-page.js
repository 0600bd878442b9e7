import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const HEADERS = { 'Content-Security-Policy': "default-src 'self'; connect-src 'self' ws:", 'Cache-Control': 'no-store' }

/** Serves the page on this machine, with its code bundled and our addresses at hand. Answers its URL. */
export async function servePage(port, addresses) {
  const files = {
    '/': ['text/html', await own('index.html')],
    '/icon.svg': ['image/svg+xml', await own('icon.svg')],
    '/style.css': ['text/css', await own('style.css')],
    '/page.js': ['text/javascript', await bundle()],
    '/addresses': ['application/json', JSON.stringify(addresses)]
  }
  const server = createServer(({ url }, response) => {
    const [type, body] = files[url] ?? []
    if (type === undefined) response.writeHead(404).end()
    else response.writeHead(200, { ...HEADERS, 'Content-Type': `${type}; charset=utf-8` }).end(body)
  })
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return `http://127.0.0.1:${server.address().port}/`
}

function own(name) {
  return readFile(new URL(`page/${name}`, import.meta.url))
}

async function bundle() {
  const entryPoints = [fileURLToPath(new URL('page/page.js', import.meta.url))]
  const { outputFiles } = await build({ entryPoints, bundle: true, minify: true, format: 'esm', write: false })
  return outputFiles[0].contents
}
