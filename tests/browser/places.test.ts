/** Every place of the campus in both languages, at a desk and on a telephone. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { openControlRoom } from '../support/control-room.ts'
import { cutOff, PATIENCE, seriousFindings } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'

const DESK = { width: 1440, height: 900 }
const TELEPHONE = { width: 360, height: 740 }

/** Nothing is being loaded any more, and what came is drawn. A chart or a map has no event of its own. */
async function settled(page: Page): Promise<void> {
  await page
    .getByRole('status')
    .filter({ hasText: /^(Loading …|正在加载…)$/ })
    .first()
    .waitFor({ state: 'detached' })
  await page.evaluate(
    'new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 150))',
  )
}

requireServer('chromium')('the places of the page', () => {
  const PLACES = {
    en: {
      '/': 'Alarms',
      '/map': 'Map',
      '/orders': 'Orders',
      '/orders?view=calendar': 'Orders',
      '/water': 'Water',
      '/water/quotas': 'Water',
      '/water/nights': 'Water',
      '/water/balance': 'Water',
      '/patrol': 'Patrol',
      '/vehicles': 'Vehicles',
      '/devices': 'Devices',
      '/devices/meter-01': 'Last values',
      '/reports': 'The ten most frequent',
      '/reports/shift': 'To take over',
      '/settings': 'Settings',
      '/settings/rules': 'Settings',
      '/settings/dead-letters': 'Settings',
    },
    'zh-CN': {
      '/': '告警',
      '/map': '地图',
      '/orders': '工单',
      '/orders?view=calendar': '工单',
      '/water': '用水',
      '/water/quotas': '用水',
      '/water/nights': '用水',
      '/water/balance': '用水',
      '/patrol': '巡更',
      '/vehicles': '车辆',
      '/devices': '设备',
      '/devices/meter-01': '最新数据',
      '/reports': '最频繁的十项',
      '/reports/shift': '待移交事项',
      '/settings': '设置',
      '/settings/rules': '设置',
      '/settings/dead-letters': '设置',
    },
  }

  it('shows every place of the campus in both languages: nothing serious for axe, room on a telephone, no request to another host', async () => {
    await using room = await openControlRoom()
    const { gateway } = room
    for (const [locale, places] of Object.entries(PLACES)) {
      await using desk = await room.desk({ locale })
      const { page } = desk
      for (const [path, heading] of Object.entries(places)) {
        await page.setViewportSize(DESK)
        await desk.go(path)
        await page.locator('main').getByRole('heading', { name: heading, exact: true }).waitFor(PATIENCE)
        await settled(page)
        expect(await seriousFindings(page), `${path} in ${locale}`).toEqual([])
        await page.setViewportSize(TELEPHONE)
        await settled(page)
        const width = await page.evaluate('document.documentElement.scrollWidth')
        expect(width, `${path} on a telephone`).toBe(TELEPHONE.width)
        expect(await cutOff(page), `cut off at ${path} on a telephone`).toEqual([])
      }
      expect(await desk.page.locator('html').getAttribute('lang')).toBe(locale)
      const hosts = new Set(desk.requests.map((address) => new URL(address).origin))
      hosts.delete('null') // blob: of the page itself
      expect([...hosts]).toEqual([new URL(gateway.url).origin])
      expect(desk.complaints).toEqual([])
    }
  })
})
