/**
 * The page in a real Chromium on a real gateway: the whole loop as the control room lives it, in both
 * languages, with the keyboard, and without a word to any other host.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openControlRoom } from '../support/control-room.ts'
import { connectGate } from '../support/gate.ts'
import { PATIENCE, seriousFindings } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'
import { SMALL_SITE, simulated } from '../support/simulated.ts'

const PAGE = join(import.meta.dirname, '../../dist/control-room/index.html')

requireServer('chromium')('the control room', () => {
  it('is built; `npm install` does that', () => expect(existsSync(PAGE)).toBe(true))

  it('takes a burst pipe from the alarm to the proven repair, and the alarm by keyboard alone', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await using desk = await room.desk()
    const { page } = desk
    await page.getByText('No open alarm.').waitFor(PATIENCE)
    const loads = desk.requests.filter((address) => new URL(address).pathname === '/').length

    await using _campus = await simulated(gateway, [
      { name: 'burst-pipe', device: 'meter-1', startsAfterMs: 1_000, lastsMs: 12_000 },
    ])
    const row = page.locator('[data-row]').filter({ hasText: 'Main Building, main meter' })
    await row.waitFor(PATIENCE)
    expect(desk.requests.filter((address) => new URL(address).pathname === '/')).toHaveLength(loads)
    await page.getByText('1 alarm not acknowledged').waitFor()
    expect(await row.textContent()).toMatch(/critical.*burst pipe/)

    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('complementary').getByRole('heading', { name: 'burst pipe' }).waitFor()
    expect(new URL(page.url()).searchParams.has('alarm')).toBe(true)
    await page.keyboard.press('a')
    await page.getByRole('dialog').getByLabel('Note').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.keyboard.type('plumber is called')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('complementary').getByText('plumber is called').waitFor()
    await page.getByText('1 alarm not acknowledged').waitFor({ state: 'detached' })

    expect(await seriousFindings(page)).toEqual([])

    await page.keyboard.press('o')
    await page.getByRole('heading', { name: '#1 burst pipe' }).waitFor()
    await page.getByRole('button', { name: 'Dispatch' }).click()
    await page.getByRole('combobox', { name: 'Assigned to' }).fill('Plumbers Ltd')
    await page.getByRole('dialog').getByRole('button', { name: 'Dispatch' }).click()
    for (const move of ['Accept', 'Done']) {
      await page.getByRole('button', { name: move, exact: true }).first().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Note').fill(`${move}, on the phone`)
      await dialog.getByRole('button', { name: move, exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    await page.locator('[data-now]').filter({ hasText: 'verified' }).waitFor(PATIENCE)
    expect(await page.locator('[data-now]').textContent()).toContain('the gateway')
    await page.getByRole('button', { name: 'Close', exact: true }).click()
    await page.getByRole('dialog').locator('button[type="submit"]').click()
    await page.locator('[data-now]').filter({ hasText: 'closed' }).waitFor()

    expect(await seriousFindings(page)).toEqual([])
    const orders = (await gateway.api('/work-orders')).body as { items: { history: object[] }[] }
    expect(orders.items[0]?.history).toMatchObject([
      { to: 'reported', by: 'gateway' },
      { to: 'dispatched', by: 'admin' },
      { to: 'accepted', by: 'admin', note: 'Accept, on the phone' },
      { to: 'done', by: 'admin', note: 'Done, on the phone' },
      { to: 'verified', by: 'gateway' },
      { to: 'closed', by: 'admin' },
    ])
    expect(desk.complaints).toEqual([])
  })

  it('switches the language in the header, for all that is on the page', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await using desk = await room.desk({ locale: 'zh-CN' })
    await using gate = await connectGate(gateway, 'gate-1')
    const nav = desk.page.locator('header nav')
    expect(await nav.textContent()).toContain('监控室')
    await gate.force()
    await desk.page.locator('[data-row]').filter({ hasText: '门被强行打开' }).waitFor(PATIENCE)
    await desk.page.getByRole('button', { name: 'English' }).click()
    await nav.getByText('Control room').waitFor()
    expect(await desk.page.locator('body').textContent()).not.toContain('待处理')
    await gate.force() // heard by the stream that goes on in the other language
    await desk.page.locator('[data-row]').filter({ hasText: 'door forced' }).nth(1).waitFor(PATIENCE)
    const streams = desk.requests.filter((address) => address.includes('/api/v1/live?'))
    expect(streams[0]).toContain('language=zh-CN')
    expect(streams.at(-1)).toMatch(/language=en&lastEventId=\d+/)
    await desk.page.reload()
    await nav.getByText('Control room').waitFor()
  })
})
