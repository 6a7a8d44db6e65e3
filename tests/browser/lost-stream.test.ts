/** The page while the gateway is away: it says so, and it misses nothing. */
import { expect, it } from 'vitest'
import { startChromium } from '../support/chromium.ts'
import { startGateway } from '../support/gateway.ts'
import { visit } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'
import { SMALL_SITE, simulated } from '../support/simulated.ts'

const PATIENCE = { timeout: 90_000 }

requireServer('chromium')('a stream that is lost', () => {
  it('says that it is not live while the gateway is away, and shows what it missed', async () => {
    await using gateway = await startGateway({ config: SMALL_SITE })
    await using browser = await startChromium()
    const password = gateway.initialPassword()
    await using desk = await visit(browser, { url: gateway.url, locale: 'en-GB', password })
    const { page } = desk
    await page.getByText('No open alarm.').waitFor(PATIENCE)
    await gateway.stop('SIGKILL')
    await page.getByText('Not live. Last update').waitFor(PATIENCE)
    const filter = await page.evaluate('getComputedStyle(document.querySelector("main")).filter')
    expect(filter).toContain('grayscale(1)')

    // Said for some seconds only, so it is waited for before the gateway comes back.
    const saidLive = page.getByText('Live again').waitFor({ timeout: 120_000 })
    await using again = await startGateway({
      config: SMALL_SITE,
      dataDir: gateway.dataDir,
      environment: { GATEHOUSE_HTTP_PORT: new URL(gateway.url).port },
    })
    await using _campus = await simulated(again, [
      { name: 'burst-pipe', device: 'meter-1', startsAfterMs: 0, lastsMs: 60_000 },
    ])
    await saidLive
    await page.locator('[data-row]').filter({ hasText: 'burst pipe' }).waitFor(PATIENCE)
    expect(desk.errors).toEqual([])
  })
})
