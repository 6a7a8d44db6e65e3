/** Debian's Chromium with a fresh profile, driven by playwright-core; nothing is downloaded, nothing phones home. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const EXECUTABLE = '/usr/bin/chromium'

export const hasChromium = (): boolean => existsSync(EXECUTABLE)

/** Closing is the caller's: `await using browser = await startChromium()`. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
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
}
