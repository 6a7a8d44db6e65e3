/**
 * Water as the energy office asks for it: down from the site to a meter, quotas that burn down, nights, and
 * what is lost between the meters.
 */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { calendarOf } from '../../src/metering/calendar.ts'
import { openControlRoom } from '../support/control-room.ts'
import { eventually } from '../support/gateway.ts'
import { PATIENCE, seriousFindings } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'
import { METERS, sendWaterWeeks, ZONE } from '../support/water-weeks.ts'

const CONFIG = join(import.meta.dirname, '../support/site/water.yaml')
const DAY_MS = 86_400_000

type Uses = { readonly items: readonly { readonly coverage: number }[] }

requireServer('chromium')('water in the control room', () => {
  it('goes from a quota that is not kept down to the meter, names the night and what is lost, and judges no day that is not known', async () => {
    await using room = await openControlRoom({ config: CONFIG })
    const { gateway } = room
    const now = Date.now()
    const { missingDay } = await sendWaterWeeks(gateway, now)
    // In the first days of January it is the year before that has enough of them
    const year = Number(
      Temporal.Instant.fromEpochMilliseconds(now - 12 * DAY_MS).toZonedDateTimeISO(ZONE).year,
    )
    const yesterday = calendarOf(ZONE).intervalAt(now - DAY_MS, 'day').from
    // Not by the balances themselves: an answer to them is kept for a minute, and so would be the first that
    // knows too little.
    const asked = `from=${new Date(yesterday).toISOString()}&to=${new Date(yesterday + DAY_MS).toISOString()}`
    await eventually(
      () => gateway.api(`/water-use?${asked}&step=day&by=device`) as Promise<{ body: Uses }>,
      ({ body }) => body.items.filter(({ coverage }) => coverage === 1).length === METERS.length,
    )
    await using desk = await room.desk()
    const { page } = desk
    const main = page.locator('main')
    const row = (name: string) => page.locator('[data-row]').filter({ hasText: name })

    await desk.go(`/water/quotas?year=${year}`)
    await main.getByText('1 institution uses more than its quota allows').waitFor(PATIENCE)
    expect(await row('Bureau').textContent()).toMatch(/3,650.*107.*above/)
    expect(await row('School').textContent()).toMatch(/4,000.*within/)
    expect(await main.locator('[data-row]').count(), 'who has no quota is on no list').toBe(2)
    await main.getByRole('img', { name: /What is left of the quota of 机关 Bureau/ }).waitFor()
    await row('School').getByRole('link').click()
    await main.getByText(/At least .* of 4,000 m³ are used/).waitFor()
    expect(await seriousFindings(page), 'quotas').toEqual([])
    const { body: quotas } = (await gateway.api(`/water-quotas?year=${year}`)) as {
      body: { items: { id: string; daysKnown: number }[] }
    }
    const [bureau, school] = ['bureau', 'school'].map((id) => quotas.items.find((one) => one.id === id))
    const unknown = [missingDay, missingDay + DAY_MS].filter(
      (at) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE).year === year,
    )
    expect((bureau?.daysKnown ?? 0) - (school?.daysKnown ?? 0)).toBe(unknown.length)

    await main.getByRole('link', { name: 'Night flow' }).click()
    await main.getByText('1 used more last night than usual').waitFor(PATIENCE)
    await main.getByText('Last night 200 L/h, usually 50 L/h.').waitFor()
    expect(await row('Bureau').textContent()).toMatch(/▲?200.*50.*\+150/)
    expect(await row('Archive').count(), 'no meter, no night').toBe(0)
    expect(await seriousFindings(page), 'nights').toEqual([])

    await main.getByRole('link', { name: 'Balance' }).click()
    await main.getByText('1 balance does not add up').waitFor(PATIENCE)
    const canteen = main.getByRole('region', { name: 'Canteen' })
    expect(await canteen.textContent()).toMatch(/water is lost.*Compared over 7 of 7 days/)
    expect(await canteen.textContent()).toMatch(/not accounted for/)
    const supply = main.getByRole('region', { name: 'Bureau supply' })
    expect(await supply.textContent()).toContain('in balance')
    expect(await supply.getByRole('region', { name: 'Canteen' }).count(), 'below its meter').toBe(1)
    expect(await seriousFindings(page), 'balance').toEqual([])

    await desk.go('/water?step=day')
    await row('Bureau').getByRole('link').click()
    await page.waitForURL(/institution=bureau/)
    await row('Main Building').getByRole('link').click()
    await row('Kitchen').getByRole('link').click()
    await page.waitForURL(/device=meter-5/)
    const way = page.getByRole('navigation', { name: 'Whose water' })
    await way.getByText('厨房水表 Kitchen').waitFor(PATIENCE)
    expect(await way.getByRole('listitem').allTextContents()).toEqual([
      'All institutions',
      '机关 Bureau',
      '主楼 Main Building',
      '厨房水表 Kitchen',
    ])
    await main.getByRole('cell', { name: '2.57', exact: true }).first().waitFor(PATIENCE)
    expect(await seriousFindings(page), 'a meter').toEqual([])
    await way.getByRole('link', { name: '机关 Bureau' }).click()
    await row('Main Building').waitFor()
    await page.goBack()
    await page.waitForURL(/device=meter-5/)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export intervals (CSV)' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^water-use-device-.*\.csv$/)

    for (const path of ['/water', '/water/quotas', '/water/nights', '/water/balance']) {
      await page.setViewportSize({ width: 360, height: 740 })
      await desk.go(path)
      await main.getByRole('navigation', { name: 'Questions about water' }).waitFor()
      await page.waitForLoadState('networkidle')
      expect(await page.evaluate('document.documentElement.scrollWidth'), `${path} on a telephone`).toBe(360)
    }
    expect(desk.complaints).toEqual([])
  })
})
