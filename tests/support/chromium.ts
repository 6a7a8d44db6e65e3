/** Debian's Chromium with a fresh profile, driven by playwright-core; nothing is downloaded, nothing phones home. */
import { type Browser, chromium } from 'playwright-core'
import { pathOf } from './servers.ts'

/** Closing is the caller's: `await using browser = await startChromium()`. */
export const startChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: pathOf('chromium'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
