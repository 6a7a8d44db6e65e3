/** Days are read and written year first, in the zone of the site, whatever the browser would make of them. */
import { expect, it } from 'vitest'
import { openControlRoom } from '../support/control-room.ts'
import { PATIENCE, seriousFindings } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'
import { SMALL_SITE } from '../support/simulated.ts'

requireServer('chromium')('days in the page', () => {
  it('are typed year first or by arrow keys, say what they cannot read at the field, and are picked from weeks of the site', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    await using desk = await room.desk({ locale: 'en-US' })
    const { page } = desk
    await desk.go('/settings/audit?from=2026-03-05&to=2026-03-09')
    const first = page.getByRole('textbox', { name: 'First day' })
    await first.waitFor(PATIENCE)
    expect(await first.inputValue()).toBe('2026-03-05')
    await page.getByText('days of the site, UTC+08:00').waitFor()
    expect(
      await page.locator('input[type="date"], input[type="time"], input[type^="datetime"]').count(),
    ).toBe(0)

    await first.fill('03/07/2026')
    await first.press('Enter')
    await page.getByText('Year-month-day, such as').waitFor()
    expect(await first.getAttribute('aria-invalid')).toBe('true')
    expect(await seriousFindings(page), 'a day that is none').toEqual([])
    await first.press('Escape')
    expect(await first.inputValue()).toBe('2026-03-05')
    await first.fill('2026/3/7')
    await first.press('Tab')
    await page.waitForURL(/from=2026-03-07/)
    await first.press('ArrowUp')
    await page.waitForURL(/from=2026-03-08/)
    await first.press('PageUp')
    await page.waitForURL(/from=2026-02-08/)
    await first.fill('2026-03-10')
    await page.getByText('The first day comes after the last').waitFor()
    await first.press('Escape')

    await page.getByRole('button', { name: 'Pick: Last day' }).click()
    const march = page.getByRole('table', { name: 'Last day' })
    await march.getByRole('button', { name: '2026-03-31' }).click()
    await page.waitForURL(/to=2026-03-31/)
    await first.fill('')
    await first.press('Enter')
    await page.waitForURL((url) => !url.searchParams.has('from'))
    expect(desk.complaints).toEqual([])
  })

  it('speak the language of the page, and stand the same for a history, a report and water use', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    await using desk = await room.desk({ locale: 'zh-CN' })
    const { page } = desk
    for (const path of [
      '/?state=past',
      '/reports',
      '/water',
      '/water/nights',
      '/water/balance',
      '/settings/audit',
    ]) {
      await desk.go(path)
      const last = page.getByRole('textbox', { name: '截止日' })
      await last.waitFor(PATIENCE)
      await last.fill('3.11')
      await last.press('Enter')
      await page.getByText('请按“年-月-日”填写').waitFor()
      await page.getByText('站点日期，UTC+08:00').waitFor()
    }
    expect(desk.complaints).toEqual([])
  })
})
