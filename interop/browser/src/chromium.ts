import { chromium } from '../../../scripts/chromium.ts'
import { trustOption } from './certificate.ts'

/** How Playwright starts the Chromium of the system, which takes the test certificate. */
export function chromiumOptions(): { executablePath: string; args: string[] } {
  return { executablePath: chromium(), args: ['--no-sandbox', '--disable-gpu', trustOption()] }
}
