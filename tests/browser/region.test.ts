/**
 * A region on the page: 5,010 institutions in its lists, 2,000 alarms that stand, and a network that answers
 * in the wrong order.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { openControlRoom } from '../support/control-room.ts'
import { connectGate } from '../support/gate.ts'
import { PATIENCE, rows } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'

const INSTITUTIONS = 5_010
const ALARMS = 2_000
/** More than a screen holds, far less than there are. */
const FEW = 80

function region() {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-region-'))
  const numbers = Array.from({ length: INSTITUTIONS }, (_, at) => String(at + 1).padStart(4, '0'))
  const institutions = numbers.map(
    (no) =>
      `  - { id: i-${no}, name: 单位 ${no}, type: office, headCount: 10, areaM2: 100, quota: { perHeadM3: 9 } }`,
  )
  const meters = numbers.map(
    (no) =>
      `  - { id: m-${no}, name: 水表 ${no}, profile: gatehouse/water-meter, place: { institution: i-${no} } }`,
  )
  const gate =
    '  - { id: gate-1, name: 东门, profile: gatehouse/access-control-gate, place: { institution: i-0001 } }'
  const site = ['id: region', 'name: Region', 'timeZone: Asia/Shanghai', 'institutions:', ...institutions]
  writeFileSync(join(dir, 'site.yaml'), [...site, 'devices:', ...meters, gate, ''].join('\n'))
  writeFileSync(
    join(dir, 'rules.yaml'),
    'rules:\n  - { id: door-forced, kind: door-forced, severity: critical, verifyMs: 2000, options: {} }\n',
  )
  const config = join(dir, 'gatehouse.yaml')
  writeFileSync(config, 'site: site.yaml\nrules: rules.yaml\n')
  return { config, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
}

/** The one alarm that there is, and as many like it. */
async function multiply(page: Page): Promise<void> {
  await page.route(/\/api\/v1\/alarms\?.*state=open/, async (route) => {
    const url = new URL(route.request().url())
    const from = Number(url.searchParams.get('cursor') ?? 0)
    url.searchParams.delete('cursor') // it is ours
    const response = await route.fetch({ url: url.href })
    const { items } = (await response.json()) as { items: { id: string }[] }
    const some = Array.from({ length: ALARMS / 2 }, (_, at) => ({
      ...items[0],
      ...(from + at > 0 && { id: `alarm-${from + at}`, order: null }),
    }))
    await route.fulfill({ response, json: { items: some, next: from === 0 ? String(ALARMS / 2) : null } })
  })
}

requireServer('chromium')('a region on the page', () => {
  it('draws of 5,010 rows only what is seen, asks once for them, and shows no answer to an older question', async () => {
    using files = region()
    await using room = await openControlRoom({ config: files.config })
    await using desk = await room.desk()
    const { page } = desk
    const asked = (path: string) =>
      desk.requests.filter((url) => new URL(url).pathname === `/api/v1${path}`).length
    for (const [path, name, route] of [
      ['/water?step=day', 'Water use as rows', '/water-use/totals'],
      ['/water/quotas', 'Quotas, the worst first', '/water-quotas'],
      ['/water/nights', 'Night flow, the greatest rise first', '/night-flows'],
    ] as const) {
      const before = asked(route)
      await desk.go(path)
      const table = page.getByRole('table', { name })
      await table.waitFor(PATIENCE)
      expect(await table.getAttribute('aria-rowcount'), path).toBe(String(INSTITUTIONS + 1))
      expect(await rows(page).count(), path).toBeLessThan(FEW)
      const pages = route === '/water-use/totals' ? 1 : Math.ceil(INSTITUTIONS / 1_000)
      expect(asked(route) - before, `${path}: one question`).toBe(pages)
    }

    await desk.go('/devices?sort=-name')
    await rows(page).first().waitFor(PATIENCE)
    expect(await rows(page).count()).toBeLessThan(FEW)
    expect(await rows(page).first().textContent()).toContain(String(INSTITUTIONS))
    await page.getByText('5,011 rows').waitFor()
    await page.getByRole('searchbox', { name: 'Filter by name, id or place' }).fill('0042')
    await page.getByText('1 row', { exact: true }).waitFor()
    expect(await rows(page).allTextContents()).toEqual([expect.stringContaining('水表 0042')])

    const held = Promise.withResolvers<void>()
    const answered = Promise.withResolvers<void>()
    await page.route(/water-use\/totals.*step=month/, async (route) => {
      const response = await route.fetch()
      await held.promise
      await route.fulfill({ response }).catch(() => {}) // the page may have called it off
      answered.resolve()
    })
    await desk.go('/water?step=day')
    const heading = page.locator('main').getByRole('heading', { level: 2 })
    const days = await heading.textContent(PATIENCE)
    await page.getByText('Months', { exact: true }).click()
    await page.locator('main [aria-busy="true"]').waitFor(PATIENCE)
    await page.getByText('Days', { exact: true }).click()
    await page.locator('main [aria-busy="false"]').waitFor(PATIENCE)
    held.resolve()
    await answered.promise
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
    expect(await heading.textContent()).toBe(days)
    expect(desk.complaints).toEqual([])
  })

  it('counts 2,000 alarms that stand, walks to any of them, and moves no row while one is read', async () => {
    using files = region()
    await using room = await openControlRoom({ config: files.config })
    await using gate = await connectGate(room.gateway, 'gate-1')
    await gate.force()
    await using desk = await room.desk()
    const { page } = desk
    await rows(page).first().waitFor(PATIENCE)
    await multiply(page)
    await desk.go('/')
    const needs = page.getByRole('region', { name: 'Needs you now' })
    await needs.getByText('2,000 alarms not acknowledged').waitFor(PATIENCE)
    const table = page.getByRole('table', { name: 'Alarms' })
    expect(await table.getAttribute('aria-rowcount')).toBe(String(ALARMS + 1))
    expect(await rows(page).count(), 'drawn').toBeLessThan(FEW)

    const focused = () => page.evaluate('document.activeElement.closest("[data-row]")?.dataset.row')
    for (let step = 0; step <= 40; step++) await page.keyboard.press('j')
    await expect.poll(focused).toBe('alarm-40')
    await page.locator('[data-scroll]').evaluate((list) => list.scrollTo({ top: 0 }))
    await page.locator('[data-row="alarm-2"]').waitFor()
    expect(await focused(), 'the wheel takes no focus away').toBe('alarm-40')

    await gate.force() // heard by the stream, above all of them; the one before it is over
    await page.getByRole('button', { name: '1 new alarm' }).waitFor(PATIENCE)
    expect(await focused()).toBe('alarm-40')
    await needs.getByText('2,001 alarms not acknowledged, 2,000 of them active').waitFor(PATIENCE)
    await page.locator('section[aria-live="polite"][aria-busy="true"]').waitFor(PATIENCE) // not each change is read out

    await page.keyboard.press('/')
    const search = page.getByRole('dialog', { name: 'Search everything' })
    await search.getByRole('textbox').fill('东门')
    await search.getByRole('link', { name: /^Device 东门/ }).waitFor(PATIENCE)
    expect(await search.getByRole('link', { name: /^Alarm / }).count()).toBeGreaterThan(0)
    expect(desk.complaints).toEqual([])
  })
})
