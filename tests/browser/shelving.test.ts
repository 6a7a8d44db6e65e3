/**
 * The page where alarms are told to be quiet: nothing is shelved without a reason, and nothing quiet is out
 * of sight.
 */
import { expect, it } from 'vitest'
import { openControlRoom } from '../support/control-room.ts'
import { connectGate } from '../support/gate.ts'
import { eventually } from '../support/gateway.ts'
import { PATIENCE, rows, seriousFindings } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'
import { SMALL_SITE } from '../support/simulated.ts'

type Alarms = { body: { items: { id: string; suppression: { by: string; reason: string } | null }[] } }

requireServer('chromium')('quiet in the control room', () => {
  it('is asked for by key and by mouse with a reason, is listed with its end, and is taken back', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await using gate = await connectGate(gateway, 'gate-1')
    await gate.force()
    await using desk = await room.desk()
    const { page } = desk
    await rows(page).first().waitFor(PATIENCE)
    await page.keyboard.press('j')
    await page.keyboard.press('s')
    const dialog = page.getByRole('dialog', { name: 'Shelve the alarm' })
    await dialog.waitFor()
    expect(await seriousFindings(page), 'the dialog').toEqual([])
    await dialog.getByRole('button', { name: 'Shelve', exact: true }).click()
    expect(await dialog.isVisible(), 'without a reason nothing happens').toBe(true)
    await dialog.getByRole('combobox', { name: 'For how long' }).selectOption('30')
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('hinge is being replaced')
    await page.keyboard.press('Control+Enter')
    await dialog.waitFor({ state: 'detached' })
    await rows(page)
      .first()
      .waitFor({ state: 'detached', ...PATIENCE })
    await page.getByText('alarm not acknowledged').waitFor({ state: 'detached', ...PATIENCE })

    await gate.force()
    await page.getByText('Not ringing (1)').click()
    await page.waitForURL(/state=suppressed/)
    await rows(page).first().waitFor(PATIENCE)
    expect(await rows(page).count(), 'the newest that the shelf covers; the first came and went').toBe(1)
    expect(await rows(page).first().textContent()).toMatch(/shelved until \d\d:\d\d/)
    await rows(page).first().getByRole('link', { name: 'door forced' }).click()
    const panel = page.getByRole('complementary')
    await panel.getByText('hinge is being replaced').waitFor(PATIENCE)
    expect(await seriousFindings(page), 'what does not ring').toEqual([])
    await page.setViewportSize({ width: 360, height: 740 })
    expect(await page.evaluate('document.documentElement.scrollWidth'), 'on a telephone').toBe(360)
    await page.setViewportSize({ width: 1440, height: 900 })
    await panel.getByRole('button', { name: 'Ring again' }).click()
    await page.getByText('No open alarm.').or(page.getByText('Nothing is shelved')).first().waitFor(PATIENCE)
    await desk.go('/')
    await rows(page).first().waitFor(PATIENCE)
    expect(desk.complaints).toEqual([])
  })

  it('covers a device under maintenance until it is back, in Chinese too', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await using gate = await connectGate(gateway, 'gate-1')
    await using desk = await room.desk({ locale: 'zh-CN' })
    const { page } = desk
    await desk.go('/devices/gate-1')
    await page.getByRole('button', { name: '停用检修' }).click(PATIENCE)
    const dialog = page.getByRole('dialog', { name: '停用检修' })
    await dialog.getByRole('textbox', { name: '原因' }).fill('更换闭门器')
    await dialog.getByRole('button', { name: '停用检修' }).click()
    await page.getByRole('status').filter({ hasText: '更换闭门器' }).waitFor(PATIENCE)
    expect(await seriousFindings(page), 'the device').toEqual([])
    await gate.force()
    const quiet = await eventually(
      () => gateway.api('/alarms?state=suppressed') as Promise<Alarms>,
      ({ body }) => body.items.length > 0,
    )
    expect(quiet.body.items[0]?.suppression).toMatchObject({ by: 'out-of-service', reason: '更换闭门器' })
    await desk.go('/')
    await page.getByText('没有未关闭的告警').waitFor(PATIENCE)
    await page.getByText('静默中（1）').click()
    await page
      .getByRole('listitem')
      .filter({ hasText: /停用检修至.*更换闭门器/ })
      .getByRole('link')
      .click(PATIENCE)
    await page.getByRole('button', { name: '恢复使用' }).click(PATIENCE)
    await page.getByRole('button', { name: '停用检修' }).waitFor(PATIENCE)
    await desk.go('/')
    await rows(page).first().waitFor(PATIENCE)
    expect(desk.complaints).toEqual([])
  })
})
