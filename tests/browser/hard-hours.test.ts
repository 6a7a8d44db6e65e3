/** The page in its hard hours: a flood, a fire release, messages that did not arrive, a zone under maintenance; and the rules behind it all. */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { startChromium } from '../support/chromium.ts'
import { connectGate } from '../support/gate.ts'
import { startGateway } from '../support/gateway.ts'
import { seriousFindings, visit } from '../support/page.ts'
import { openReceiver } from '../support/receiver.ts'
import { requireServer } from '../support/servers.ts'

const PATIENCE = { timeout: 60_000 }

const rows = (page: Page) => page.locator('[data-row]')

/** The campus with doors and pipes only, and a webhook that hears of every alarm and of those that nobody answers for an hour. */
const notifying = (url: string) => ({
  GATEHOUSE_RULES: join(import.meta.dirname, '../support/site/rules.yaml'),
  GATEHOUSE_NOTIFY_CHANNELS: `[{ name: office, kind: webhook, url: "${url}", secret: ${'s'.repeat(32)} }]`,
  GATEHOUSE_NOTIFY_ROUTES: '[{ channel: office, events: [alarm.raised] }]',
  GATEHOUSE_NOTIFY_ESCALATION:
    '[{ name: night, severities: [critical], steps: [{ afterMs: 3600000, channels: [office] }] }]',
})

requireServer('chromium')('the control room in hard hours', () => {
  it('says flood and fire above the wall, in lines that belong together, what was not told to whom; a zone under maintenance at every desk', async () => {
    let isMended = false
    await using receiver = await openReceiver(() => (isMended ? {} : { status: 400, body: 'no such field' }))
    await using gateway = await startGateway({ environment: notifying(receiver.url) })
    await using browser = await startChromium()
    await using gate = await connectGate(gateway, 'gate-lobby')
    const password = gateway.initialPassword()
    await using desk = await visit(browser, { url: gateway.url, locale: 'en-GB', password })
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

    await desk.go('/settings/rules?q=door')
    await page.getByRole('link', { name: 'door forced' }).click()
    await panel.getByText('found at a start').waitFor(PATIENCE)
    expect(await seriousFindings(page), 'a rule').toEqual([])
    await page.getByRole('button', { name: 'Read the rules file again' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('after the meeting')
    await page.keyboard.press('Control+Enter')
    await dialog.getByText('0 rules changed').waitFor(PATIENCE)

    await page.keyboard.press('Escape')
    await desk.go('/?state=suppressed')
    await page.getByText('Nothing is shelved').waitFor(PATIENCE)
    await using other = await visit(browser, { url: gateway.url, locale: 'zh-CN', password })
    const there = other.page
    await rows(there).first().getByRole('link', { name: '门被强行打开' }).click(PATIENCE)
    await there.getByRole('complementary').getByText('后升级').waitFor(PATIENCE)
    await there.getByText('第 1/1 级（night），通知 office。').waitFor()
    await other.go('/?state=suppressed')
    await there.getByRole('button', { name: '区域或设备停用检修' }).click(PATIENCE)
    const taking = there.getByRole('dialog', { name: '停用检修' })
    await taking.getByRole('combobox', { name: '区域或设备' }).fill('Plant')
    await there.getByRole('option', { name: '设备区 Plant Yard' }).click()
    await taking.getByRole('textbox', { name: '原因' }).fill('水泵大修')
    expect(await seriousFindings(there), 'the dialog').toEqual([])
    await taking.getByRole('button', { name: '停用检修' }).click()
    await there.getByText('区域“设备区 Plant Yard”').waitFor(PATIENCE)

    await page.getByText('水泵大修').waitFor(PATIENCE)
    await page.getByRole('button', { name: 'Back in service' }).click()
    await there.getByText('水泵大修').waitFor({ state: 'detached', ...PATIENCE })

    await other.go('/settings/audit')
    await there.getByText('停用检修').first().waitFor(PATIENCE)
    expect(await seriousFindings(there), 'the audit').toEqual([])
    await other.go('/settings/gateway')
    await there.getByText('正常：接收、存储、通知均无异常。').waitFor(PATIENCE)
    expect([...desk.errors, ...other.errors, ...desk.forbidden, ...other.forbidden]).toEqual([])
  })
})
