/** Orders without a mouse, and by the month. */
import { expect, it } from 'vitest'
import { openControlRoom } from '../support/control-room.ts'
import { connectGate } from '../support/gate.ts'
import { cutOff, PATIENCE, seriousFindings } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'
import { SMALL_SITE } from '../support/simulated.ts'

requireServer('chromium')('orders', () => {
  it('are taken from the alarm to their end by keys alone: the focus is never lost, and always seen', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await using gate = await connectGate(gateway, 'gate-1')
    await gate.force()
    await gate.close()
    await using desk = await room.desk()
    const { page } = desk
    const focused = () =>
      page.evaluate('document.activeElement.textContent || document.activeElement.getAttribute("aria-label")')
    const outlined = () => page.evaluate('getComputedStyle(document.activeElement).outlineStyle !== "none"')
    /** Tab until that button has the focus. */
    const tabTo = async (name: string) => {
      await page.getByRole('button', { name, exact: true }).waitFor(PATIENCE)
      for (let pressed = 0; pressed < 12; pressed++) {
        if ((await focused()) === name) {
          expect(await outlined(), `the focus on ${name} is seen`).toBe(true)
          return
        }
        await page.keyboard.press('Tab')
      }
      throw new Error(`${name} is not within twelve steps; the focus is on ${await focused()}`)
    }
    await page.locator('[data-row]').first().waitFor(PATIENCE)
    await page.keyboard.press('j')
    expect(await outlined()).toBe(true)
    await page.keyboard.press('Enter')
    await page.keyboard.press('o')
    await page.getByRole('heading', { name: /^#1 / }).waitFor(PATIENCE)
    expect(await page.title(), 'the tab says where, and what is not acknowledged').toBe(
      '(1) Orders – Gatehouse',
    )
    const dialog = page.getByRole('dialog')
    for (const [move, typed] of [
      ['Dispatch', 'Locksmiths Ltd'],
      ['Accept', 'on the way'],
      ['Done', 'hinge mended'],
    ] as const) {
      await tabTo(move)
      await page.keyboard.press('Enter')
      await dialog.locator('input:focus, textarea:focus').waitFor(PATIENCE) // the first field gets it by itself
      await page.keyboard.type(typed)
      await page.keyboard.press(move === 'Dispatch' ? 'Enter' : 'Control+Enter')
      await dialog.waitFor({ state: 'detached', ...PATIENCE })
      await page.locator('main:focus, main :focus').first().waitFor(PATIENCE)
    }
    await page.locator('[data-now]').filter({ hasText: 'done' }).waitFor(PATIENCE)
    expect(await page.evaluate('document.activeElement === document.body'), 'the focus is not lost').toBe(
      false,
    )
    const { items } = (await gateway.api('/work-orders')).body as { items: { history: object[] }[] }
    expect(items[0]?.history).toMatchObject([
      { to: 'reported' },
      { to: 'dispatched', by: 'admin' },
      { to: 'accepted', by: 'admin', note: 'on the way' },
      { to: 'done', by: 'admin', note: 'hinge mended' },
    ])
    expect(desk.complaints).toEqual([])
  })

  it('stand in the calendar on the days on which they were raised and ended, by the filter of the other views', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    const open = async (title: string) => {
      const body = { device: 'gate-1', title }
      return ((await gateway.api('/work-orders', { method: 'POST', body })).body as { id: string }).id
    }
    const ids = []
    for (const title of ['hinge', 'lock', 'bell', 'lamp', 'sign', 'ramp']) ids.push(await open(title))
    const body = { to: 'cancelled' }
    await gateway.api(`/work-orders/${ids[1]}/transitions`, { method: 'POST', body })
    await using desk = await room.desk()
    const { page } = desk
    const month = page.getByRole('table', { name: /^Orders in / })
    const entries = month.getByRole('listitem')
    await desk.go('/orders')
    await page.getByText('Calendar', { exact: true }).click()
    await page.waitForURL(/view=calendar/)
    await entries.first().waitFor(PATIENCE)
    expect(await entries.count(), 'what has ended is hidden').toBe(5)
    await page.getByRole('button', { name: 'Show ended' }).click()
    await month.getByRole('button', { name: '3 more' }).click()
    expect(await entries.allTextContents()).toContainEqual(expect.stringMatching(/#2 lockended \d\d:\d\d$/))
    expect(await entries.count()).toBe(7)
    expect(await seriousFindings(page)).toEqual([])

    await page.getByRole('searchbox', { name: 'Filter by number, title or assignee' }).fill('lamp')
    await entries.nth(1).waitFor({ state: 'detached', ...PATIENCE })
    expect(await entries.allTextContents()).toEqual([expect.stringContaining('#4 lamp')])
    await page.getByRole('link', { name: 'Month before' }).click()
    await page.getByText('No order of this filter').waitFor(PATIENCE)
    await page.getByRole('link', { name: 'This month' }).click()
    await entries.first().waitFor()
    await open('lamp again') // it is told by the stream
    await entries.nth(1).waitFor(PATIENCE)
    await page.getByRole('heading', { name: 'Orders' }).click()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: '#4 lamp' }).waitFor(PATIENCE)
    await page.goBack()
    await entries.first().waitFor(PATIENCE)
    await page.setViewportSize({ width: 360, height: 740 })
    expect(await cutOff(page), 'on a telephone').toEqual([])
    expect(await page.locator('td:visible').count(), 'days that have nothing are no help there').toBe(1)
    expect(desk.complaints).toEqual([])
  })
})
