/**
 * The alarm load as a person reads it after a bad morning: the flood, what chatters and its cure, in both
 * languages and at any width.
 */
import { expect, it } from 'vitest'
import { openControlRoom } from '../support/control-room.ts'
import { connectGate } from '../support/gate.ts'
import { PATIENCE, seriousFindings } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'
import { SMALL_SITE } from '../support/simulated.ts'

requireServer('chromium')('the reports', () => {
  it('show a flood, the ten most frequent and the cure of what chatters, in both languages', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await using gate = await connectGate(gateway, 'gate-1')
    await using desk = await room.desk()
    const { page } = desk
    for (let i = 0; i < 12; i++) await gate.force()
    await desk.go('/reports')
    await page.locator('main').getByText('Alarm flood at Control room').waitFor(PATIENCE)
    await page.getByText('12 alarms', { exact: true }).waitFor(PATIENCE)
    const row = (name: string) => page.getByRole('row', { name })
    expect(await row('Most in any 10 min').innerText()).toMatch(/12\s+≤ 10\s+too much/)
    expect(await row('Chattering').innerText()).toMatch(/1\s+≤ 0\s+too much/)
    await page.getByRole('link', { name: '东门 East Gate' }).first().waitFor()
    expect(await seriousFindings(page)).toEqual([])

    await page.setViewportSize({ width: 360, height: 740 })
    const isWider = () => page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth')
    expect(await isWider()).toBe(false)
    await page.getByRole('combobox', { name: 'Seat' }).selectOption('control-room')
    await page.waitForURL(/seat=control-room/)

    await using chinese = await room.desk({ locale: 'zh-CN' })
    await chinese.go('/reports')
    await chinese.page.getByRole('heading', { name: '最频繁的十项' }).waitFor(PATIENCE)
    await chinese.page.getByRole('row', { name: '任意 10 分钟最多' }).waitFor()
    expect(await seriousFindings(chinese.page)).toEqual([])
    expect([...desk.complaints, ...chinese.complaints]).toEqual([])
  })
})
