/** The page in its hard hours: a flood, a fire release, messages that did not arrive. */
import { expect, it } from 'vitest'
import { openControlRoom } from '../support/control-room.ts'
import { connectGate } from '../support/gate.ts'
import { notifying } from '../support/notifying.ts'
import { PATIENCE, rows, seriousFindings } from '../support/page.ts'
import { openReceiver } from '../support/receiver.ts'
import { requireServer } from '../support/servers.ts'

requireServer('chromium')('the control room in hard hours', () => {
  it('says flood and fire above the wall, in lines that belong together, and what was not told to whom', async () => {
    let isMended = false
    await using receiver = await openReceiver(() => (isMended ? {} : { status: 400, body: 'no such field' }))
    await using room = await openControlRoom({ environment: notifying(receiver.url) })
    const { gateway } = room
    await using gate = await connectGate(gateway, 'gate-lobby')
    await using desk = await room.desk()
    const { page } = desk
    await page.mouse.move(700, 5) // nothing appears above a list that is being read
    for (let i = 0; i < 11; i++) await gate.force()
    const flood = page.getByRole('region', { name: 'Alarm flood at 安保值班 Security desk' })
    await flood.waitFor(PATIENCE)
    expect(await flood.textContent()).toMatch(/11 alarms in the last 10 minutes/)
    await page
      .getByRole('region', { name: 'Needs you now' })
      .getByText('Alarm flood: 安保值班 Security desk')
      .waitFor()
    await flood.getByRole('link', { name: /door forced/ }).click()
    await page.waitForURL(/rule=door-forced/)
    const only = page.getByTitle('Show the alarms of all rules and places again')
    expect(await only.textContent()).toMatch(/door forced · .*Tower 1/)
    expect(await seriousFindings(page), 'the wall in a flood').toEqual([])

    await desk.go('/map')
    await gate.say({ fire: true })
    await page.getByText('Fire release: 1号楼 Tower 1').waitFor(PATIENCE)
    await page.getByRole('status').filter({ hasText: 'Its doors may stand open' }).waitFor(PATIENCE)
    await gate.say({ fire: false })
    await page.getByText('Fire release: 1号楼 Tower 1').waitFor({ state: 'detached', ...PATIENCE })
    await gate.force()

    await desk.go('/')
    await rows(page).first().getByRole('link', { name: 'door forced' }).click()
    const panel = page.getByRole('complementary')
    await panel.getByText('Given up').waitFor(PATIENCE)
    await panel.getByText('no such field').waitFor()
    isMended = true
    await panel.getByRole('button', { name: 'Send again' }).click()
    await panel.getByText('Delivered').waitFor(PATIENCE)
    await panel.getByText('No further delay, confirmation or schedule').waitFor()

    await desk.go('/settings/notifications')
    await page.getByRole('row').filter({ hasText: 'alarm: door forced' }).first().waitFor(PATIENCE)
    expect(await seriousFindings(page), 'notifications').toEqual([])
    await page.getByRole('button', { name: 'Send all again' }).click()
    await page.getByText('Nothing was given up').waitFor(PATIENCE)
    await receiver.reached(24) // twelve alarms, each refused once and taken once
    expect(desk.complaints).toEqual([])
  })
})
