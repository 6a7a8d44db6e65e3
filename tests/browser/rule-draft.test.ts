/**
 * A rule is tried with other options over what was really measured, in both languages, and the file that
 * would put it in force is handed out.
 */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openControlRoom } from '../support/control-room.ts'
import { eventually, type RunningGateway } from '../support/gateway.ts'
import { openWire, preparePublish } from '../support/mqtt-wire.ts'
import { PATIENCE, seriousFindings } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'
import { SMALL_SITE } from '../support/simulated.ts'

/** A flow of `m3h` for two seconds, and back: with the rule of the small site a burst above 8. */
async function burst(gateway: RunningGateway, m3h: number): Promise<void> {
  const wire = await openWire(gateway.mqttPort, 'meter-1', await gateway.deviceToken('meter-1'))
  for (const flow of [m3h, m3h, m3h, m3h, m3h, 0]) {
    await wire.publish(preparePublish('gatehouse/meter-1/readings', JSON.stringify({ flow, volume: 100 })))
    await new Promise((done) => setTimeout(done, 500)) // the plant takes its time, and a back-test goes by it
  }
  wire.close()
}

requireServer('chromium')('a draft of a rule', () => {
  it('shows what a changed rule would have raised beside what was raised, and gives the file with the change', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await burst(gateway, 12)
    type Alarms = { items: { rule: string; clearedAt: string | null }[] }
    await eventually(
      () => gateway.api('/alarms?state=all') as Promise<{ body: Alarms }>,
      ({ body }) => body.items.some(({ rule, clearedAt }) => rule === 'burst-pipe' && clearedAt !== null),
    )
    await using desk = await room.desk()
    const { page } = desk
    await desk.go('/settings/rules?rule=burst-pipe')
    await page.getByRole('link', { name: 'Try a change' }).click(PATIENCE)
    const above = page.getByRole('textbox', { name: 'above above' })
    await above.fill('much')
    await above.blur()
    await page.getByText('A number, with a point: 9.5').waitFor()
    expect(new URL(page.url()).searchParams.has('set.options.above')).toBe(false)
    await above.fill('20')
    await above.press('Enter')
    await page.waitForURL(/set\.options\.above=20/)
    await page.getByText('In the file: 8').waitFor()
    await page.getByRole('textbox', { name: 'The rule as it would stand in the file' }).waitFor()
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByText('0 new, 1 no more, 0 the same.').waitFor(PATIENCE)
    const gone = page.getByRole('row').filter({ hasText: 'no more' })
    expect(await gone.textContent()).toMatch(/flow 12 m³\/h above 8 m³\/h/)
    expect(await gone.getByRole('link').getAttribute('href')).toMatch(/\?alarm=/)
    expect(await seriousFindings(page), 'a draft').toEqual([])

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the file' }).click(),
    ])
    const file = readFileSync(await download.path(), 'utf8')
    expect(file).toContain('above: 20')
    expect(file).toContain('door-forced')

    // What the kind itself refuses is said at its field, in words
    const clearBelow = page.getByRole('textbox', { name: 'clears below' })
    await clearBelow.fill('30')
    await clearBelow.blur()
    await page.getByText('clearBelow must not exceed above').first().waitFor(PATIENCE)
    expect(await page.getByRole('button', { name: 'Run' }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Undo the change of clears below' }).click()
    await page.getByRole('button', { name: 'Undo the change of above' }).click()
    await page.getByText('The fields or the days are no longer those of this outcome').waitFor(PATIENCE)
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByText('0 new, 0 no more, 1 the same.').waitFor(PATIENCE)
    await page.getByText('No difference.').waitFor()
    expect(desk.complaints).toEqual([])
  })

  it('speaks Chinese, fits a telephone, and is not for whoever only looks', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    await using desk = await room.desk({ locale: 'zh-CN' })
    const { page } = desk
    await desk.go('/settings/rules/draft?rule=burst-pipe&set.options.forMs=2000')
    await page.getByText('文件中：1秒').waitFor(PATIENCE)
    const duration = page.getByRole('textbox', { name: '持续时长' })
    expect(await duration.inputValue()).toBe('2秒')
    await duration.fill('3')
    await duration.blur()
    await page.getByText('请填写数值和单位').waitFor()
    await duration.fill('3 秒')
    await duration.blur()
    await page.waitForURL(/set\.options\.forMs=3000/)
    await page.setViewportSize({ width: 360, height: 740 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    expect(await seriousFindings(page), 'a draft on a telephone').toEqual([])
    await page.getByRole('combobox', { name: '规则' }).selectOption('door-forced')
    await page.waitForURL((url) => !url.search.includes('set.'))
    await page.getByRole('textbox', { name: '放行时长' }).waitFor(PATIENCE)

    await room.gateway.api('/users', {
      method: 'POST',
      body: { name: 'guest', password: 'only-looks-at-it', role: 'viewer' },
    })
    await using guest = await room.desk({ user: 'guest', password: 'only-looks-at-it' })
    await guest.go('/settings/rules?rule=burst-pipe')
    await guest.page.getByRole('complementary').getByText('sustained').waitFor(PATIENCE)
    expect(await guest.page.getByRole('link', { name: 'Try a change' }).count()).toBe(0)
    await guest.go('/settings/rules/draft?rule=burst-pipe')
    await guest.page.getByText('Your role does not see this.').waitFor(PATIENCE)
    expect([...desk.complaints, ...guest.complaints]).toEqual([])
  })
})
