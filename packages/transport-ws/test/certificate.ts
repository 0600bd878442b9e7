import { readFileSync } from 'node:fs'
import type { ServerCertificate } from '../src/index.ts'

const read = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8')

/** For `localhost`, `node.example`, `127.0.0.1` and `::1`. */
export const certificate: ServerCertificate = { key: read('key.pem'), cert: read('cert.pem') }
