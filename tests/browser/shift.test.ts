/**
 * The end of a shift: what is over is put away in one go, the sheet says what stands and what was done, and
 * who comes back is told what came.
 */
import { expect, it } from 'vitest'
import { openControlRoom } from '../support/control-room.ts'
import { connectGate } from '../support/gate.ts'
import { PATIENCE, rows, seriousFindings } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'
import { SMALL_SITE } from '../support/simulated.ts'

const HOUR_MS = 3_600_000

requireServer('chromium')('a shift', () => {
  it('ends with what is over acknowledged by one note, and a sheet for those who come next', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await using gate = await connectGate(gateway, 'gate-1')
    await using desk = await room.desk()
    const { page } = desk
    await page.mouse.move(700, 5) // nothing appears in a list that is being read
    for (let i = 0; i < 4; i++) await gate.force()
    await gate.say({ door: 'closed' })

    await page.getByText('4 alarms not acknowledged, 0 of them active').waitFor(PATIENCE)
    await page.getByRole('button', { name: 'Acknowledge 4 over' }).click()
    const dialog = page.getByRole('dialog', { name: 'Acknowledge what is over' })
    await dialog.getByText('4 ×').waitFor()
    expect(await seriousFindings(page), 'the dialog').toEqual([])
    await page.keyboard.type('the lock was changed')
    await page.keyboard.press('Control+Enter')
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('4 alarms not acknowledged').waitFor({ state: 'detached', ...PATIENCE })
    const { items } = (await gateway.api('/alarms?state=all')).body as { items: { state: string }[] }
    expect(items.map(({ state }) => state)).toEqual(Array(4).fill('cleared'))

    await page.getByRole('button', { name: 'admin' }).click()
    await page.getByRole('menuitem', { name: 'Shift handover' }).click()
    await page.getByRole('heading', { name: 'To take over' }).waitFor(PATIENCE)
    await page.getByText('1 order under way').waitFor()
    const four = page.getByRole('cell', { name: '4', exact: true })
    const line = page.getByRole('row').filter({ hasText: 'door forced' }).filter({ has: four })
    await line.waitFor(PATIENCE)
    expect(await page.getByText('the lock was changed').count()).toBe(4)
    expect(await seriousFindings(page), 'the sheet').toEqual([])
    await page.emulateMedia({ media: 'print' })
    await page.getByText('Handed over by: admin').waitFor()
    await page.emulateMedia({ media: 'screen' })
    await page.getByRole('button', { name: '← Earlier' }).click()
    await page.getByText('No alarm in this time.').waitFor(PATIENCE)

    await page.evaluate(`localStorage.setItem('gatehouse-here admin', ${Date.now() - HOUR_MS})`)
    await desk.go('/orders')
    const away = page.getByRole('link', { name: /While you were away \(since .*\): 4 alarms/ })
    await away.click(PATIENCE)
    await page.waitForURL(/\/reports\/shift\?from=/)
    await away.waitFor({ state: 'detached' })
    await line.waitFor(PATIENCE)
    expect(desk.complaints).toEqual([])
  })

  it('in which one door was forced again and again shows the first of it with how often it came', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    await using gate = await connectGate(room.gateway, 'gate-1')
    for (let i = 0; i < 22; i++) await gate.force()
    await gate.close()
    await using desk = await room.desk()
    const { page } = desk
    await page.getByText('20 alarms not acknowledged, 0 of them active').waitFor(PATIENCE)
    await rows(page).getByRole('link', { name: 'door forced +2' }).click()
    const panel = page.getByRole('complementary')
    await panel.getByText(/2 more alarms that nobody answered, .* to /).waitFor(PATIENCE)
    expect(await seriousFindings(page)).toEqual([])
    expect(desk.complaints).toEqual([])
  })
})
