/**
 * A hand that presses twice, and one that has no mouse: nothing happens twice, nothing typed is lost, and
 * every step of a life is within reach of the keys.
 */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { openControlRoom } from '../support/control-room.ts'
import { connectGate } from '../support/gate.ts'
import { PATIENCE, rows } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'
import { SMALL_SITE } from '../support/simulated.ts'

const focused = (page: Page) =>
  page.evaluate(
    "(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim()",
  ) as Promise<string>

/** As a person without a mouse: on with Tab until it has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = []
  for (let step = 0; step < 80; step++) {
    const at = await focused(page)
    if (at === name) return
    passed.push(at)
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not come to ${name}, but to ${passed.join(' | ')}`)
}

requireServer('chromium')('hands at a desk', () => {
  it('that press twice open one order, leave no empty step behind, and lose no note where the gateway does not answer', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await using desk = await room.desk()
    const { page } = desk
    await desk.go('/devices/gate-1')
    await page.getByRole('button', { name: 'Report a fault' }).click(PATIENCE)
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'What is wrong' }).fill('hinge')
    await dialog.getByRole('textbox', { name: 'Note' }).fill('squeaks')
    let asked = 0
    await page.route('**/api/v1/work-orders', async (route) => {
      asked++
      await new Promise((done) => setTimeout(done, 400)) // a slow line
      await route.continue()
    })
    await page.keyboard.press('Control+Enter')
    await page.waitForTimeout(100)
    await page.keyboard.press('Control+Enter')
    await page.waitForURL(/\/orders\//)
    expect(asked).toBe(1)
    await page.unroute('**/api/v1/work-orders')

    await page.getByRole('button', { name: 'Dispatch' }).click(PATIENCE)
    await dialog.getByRole('combobox', { name: 'Assigned to' }).fill('Plumbers Ltd')
    await dialog.getByRole('textbox', { name: 'Note' }).fill('bring the long ladder')
    await page.route('**/transitions', (route) => route.abort())
    await dialog.getByRole('button', { name: 'Dispatch' }).click()
    await page.locator('.mantine-Notification-root').first().waitFor(PATIENCE)
    expect(await dialog.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('bring the long ladder')
    await page.unroute('**/transitions')
    await dialog.getByRole('button', { name: 'Dispatch' }).click()
    await page.locator('[data-now]').filter({ hasText: 'dispatched' }).waitFor(PATIENCE)
    const { body } = (await gateway.api('/work-orders')) as { body: { items: unknown[] } }
    expect(body.items).toHaveLength(1)

    await desk.go('/')
    await page.getByRole('heading', { name: 'Alarms' }).waitFor(PATIENCE)
    const before = await page.evaluate('history.length')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    expect(await page.evaluate('history.length')).toBe(before)
    expect(desk.complaints).toEqual([])
  })

  it('without a mouse see an alarm and its order through to the end', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await using gate = await connectGate(gateway, 'gate-1')
    await using desk = await room.desk()
    const { page } = desk
    const { keyboard } = page
    await gate.force()
    await rows(page).first().waitFor(PATIENCE)
    await keyboard.press('j')
    expect(await focused(page)).toBe('door forced')
    await keyboard.press('a')
    await page.getByRole('dialog').locator('textarea:focus').waitFor(PATIENCE)
    await keyboard.type('seen on camera 4')
    await keyboard.press('Control+Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(() => focused(page)).toBe('door forced') // back where it was
    await keyboard.press('o')
    await page.waitForURL(/\/orders\//)
    await page.getByRole('button', { name: 'Dispatch' }).waitFor(PATIENCE)

    await tabTo(page, 'Dispatch')
    await keyboard.press('Enter')
    await page.getByRole('dialog').locator('input:focus').waitFor(PATIENCE)
    await keyboard.type('Plumbers Ltd')
    await keyboard.press('Escape') // the list of names, not the dialog
    await tabTo(page, 'Dispatch')
    await keyboard.press('Enter')
    const now = (state: string) => page.locator('[data-now]').filter({ hasText: state }).waitFor(PATIENCE)
    await now('dispatched')
    const move = async (name: string) => {
      await tabTo(page, name)
      await keyboard.press('Enter')
      await page.getByRole('dialog').locator('textarea:focus').waitFor(PATIENCE)
      await keyboard.press('Control+Enter')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await move('Accept')
    await now('accepted')
    await gate.close()
    await move('Done')
    await now('done')
    await gate.close() // and says so again within the window of proof
    await now('verified')
    await move('Close')
    await now('closed')
    expect(desk.complaints).toEqual([])
  })

  it('type Chinese into a field that filters, letter by letter, and lose none of it; the arrow keys count each press', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    await using desk = await room.desk({ locale: 'zh-CN' })
    const { page } = desk
    await desk.go('/devices')
    const find = page.getByRole('searchbox', { name: '按名称、编号或位置筛选' })
    await find.click(PATIENCE)
    const method = await page.context().newCDPSession(page)
    for (const text of ['d', 'do', 'don', 'dong']) {
      await method.send('Input.imeSetComposition', {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      })
      await page.waitForTimeout(60) // as long as a hand takes, and longer than the address does
      expect(await find.inputValue()).toBe(text)
    }
    await method.send('Input.insertText', { text: '东' })
    await page.waitForURL(/q=%E4%B8%9C$/)
    expect(await find.inputValue()).toBe('东')

    await desk.go('/settings/audit?from=2026-03-05')
    const first = page.getByRole('textbox', { name: '起始日' })
    await first.click(PATIENCE)
    for (let presses = 0; presses < 5; presses++) await page.keyboard.press('ArrowUp')
    await page.waitForURL(/from=2026-03-10/)
    expect(desk.complaints).toEqual([])
  })
})
