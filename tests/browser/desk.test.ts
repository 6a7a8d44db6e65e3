/**
 * The page as a desk that is used all day: nothing moves under the pointer, nobody overwrites another, every
 * key says what it does.
 */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { openControlRoom } from '../support/control-room.ts'
import { connectGate } from '../support/gate.ts'
import { eventually } from '../support/gateway.ts'
import { openWire, preparePublish } from '../support/mqtt-wire.ts'
import { PATIENCE, rows, seriousFindings } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'
import { SMALL_SITE } from '../support/simulated.ts'

const ids = (page: Page) => rows(page).evaluateAll((all) => all.map((one) => one.getAttribute('data-row')))
const away = (page: Page) => page.mouse.move(700, 5)

requireServer('chromium')('a desk in the control room', () => {
  it('moves no row while one is hovered, focused or scrolled; what is new waits behind a bar', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await using gate = await connectGate(gateway, 'gate-1')
    await using desk = await room.desk()
    const { page } = desk
    await gate.force()
    await rows(page).first().waitFor(PATIENCE)

    await rows(page).first().hover()
    const before = await rows(page).first().boundingBox()
    await gate.force()
    await page.getByRole('button', { name: '1 new alarm' }).waitFor(PATIENCE)
    expect(await rows(page).count()).toBe(1)
    expect(await rows(page).first().boundingBox()).toEqual(before)
    await away(page)
    await rows(page).nth(1).waitFor()
    expect(await page.getByRole('button', { name: 'new alarm' }).count()).toBe(0)

    await page.keyboard.press('j')
    const focused = await ids(page)
    await gate.force()
    await page.getByRole('button', { name: '1 new alarm' }).waitFor(PATIENCE)
    expect(await ids(page)).toEqual(focused)
    await page.keyboard.press('n')
    await rows(page).nth(2).waitFor()
    expect((await ids(page)).slice(1)).toEqual(focused)

    await page.setViewportSize({ width: 1440, height: 240 })
    await page.locator('[data-scroll]').evaluate((list) => list.scrollTo({ top: 30 }))
    await away(page)
    const scrolled = await ids(page)
    await gate.force()
    await page.getByRole('button', { name: '1 new alarm' }).waitFor(PATIENCE)
    expect(await ids(page)).toEqual(scrolled)
    await page.getByRole('button', { name: '1 new alarm' }).click()
    await away(page)
    await rows(page).nth(3).waitFor()
    expect(desk.complaints).toEqual([])
  })

  it('says whose move came first when two move one order, and shows the order as it is', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    const made = (await gateway.api('/work-orders', {
      method: 'POST',
      body: { device: 'gate-1', title: 'hinge' },
    })) as { body: { id: string } }
    await using desk = await room.desk()
    const { page } = desk
    await page.route('**/api/v1/live*', (route) => route.abort()) // so that it does not hear of the other's move
    await desk.go(`/orders/${made.body.id}`)
    await page.getByRole('button', { name: 'Dispatch' }).waitFor(PATIENCE)
    await gateway.api(`/work-orders/${made.body.id}/transitions`, {
      method: 'POST',
      body: { to: 'dispatched', assignee: 'Plumbers Ltd' },
    })
    await page.getByRole('button', { name: 'Cancel the order' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the order' }).click()
    const notice = page.locator('.mantine-Notification-root')
    await notice.waitFor(PATIENCE)
    expect(await notice.textContent()).toMatch(/version|changed|meanwhile/i)
    await page.locator('[data-now]').filter({ hasText: 'dispatched' }).waitFor(PATIENCE)
    expect(desk.complaints).toEqual([])
  })

  it('lists the keys, shows the orders as board and as list under one filter, and is readable in light colours and on paper', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await using gate = await connectGate(gateway, 'gate-1')
    await gate.force()
    await using desk = await room.desk()
    const { page } = desk
    await rows(page).first().waitFor(PATIENCE)
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Keyboard' })
    await help.getByText('Acknowledge the alarm, with a note').waitFor()
    await page.keyboard.press('Escape')
    await help.waitFor({ state: 'detached' })
    await page.keyboard.press('3')
    await page.getByRole('heading', { name: 'Orders' }).waitFor()

    await page.getByText('List', { exact: true }).click()
    await page.waitForURL(/view=list/)
    await page.getByRole('row').filter({ hasText: 'door forced' }).waitFor()
    await page.getByRole('combobox', { name: 'State' }).selectOption('done')
    await page.getByText('No order has this number').waitFor()
    await page.goBack()
    await page.getByRole('row').filter({ hasText: 'door forced' }).waitFor()

    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('header').isVisible()).toBe(false)
    expect(await page.getByRole('searchbox').count()).toBe(0)
    expect(await page.getByRole('row').filter({ hasText: 'door forced' }).isVisible()).toBe(true)
    await page.emulateMedia({ media: 'screen' })

    await page.getByRole('button', { name: 'admin' }).click()
    await page.getByRole('menuitem', { name: 'Light colours' }).click()
    await page.locator('html[data-mantine-color-scheme="light"]').waitFor()
    for (const path of ['/orders?view=list', '/orders', '/map', '/water', '/devices/gate-1', '/settings']) {
      await desk.go(path)
      await page.locator('main').getByRole('heading').first().waitFor(PATIENCE)
      expect(await seriousFindings(page), `${path} in light colours`).toEqual([])
    }
    await desk.go('/')
    await rows(page).getByRole('link', { name: 'door forced' }).click()
    await page.getByRole('complementary').getByRole('heading', { name: 'door forced' }).waitFor()
    expect(await seriousFindings(page), 'the wall in light colours').toEqual([])
    expect(desk.complaints).toEqual([])
  })

  it('shows the water use that the API answers, and what is missing as not known instead of zero', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    const token = await gateway.deviceToken('meter-1')
    const wire = await openWire(gateway.mqttPort, 'meter-1', token)
    const start = Date.now() - 3 * 3_600_000
    const samples = Array.from({ length: 180 }, (_, minute) => ({
      time: start + minute * 60_000,
      volume: 100 + minute * 0.05,
      flow: 3,
    }))
    await wire.publish(preparePublish('gatehouse/meter-1/readings', JSON.stringify(samples)))
    wire.close()
    await using desk = await room.desk()
    const { page } = desk
    type Use = { subjects: { id: string; volumeM3: number | null }[] }
    const asked = page.waitForRequest(/\/api\/v1\/water-use/)
    await desk.go('/water')
    const { pathname, search } = new URL((await asked).url())
    const { body } = await eventually(
      () => gateway.api(`${pathname.replace('/api/v1', '')}${search}`) as Promise<{ body: Use }>,
      (answer) => answer.body.subjects.some(({ volumeM3 }) => volumeM3 !== null),
    )
    const sum = body.subjects.reduce((all, { volumeM3 }) => all + (volumeM3 ?? 0), 0)
    await desk.go('/water')
    const figure = new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(sum)
    await page
      .locator('main strong')
      .filter({ hasText: `${figure} m³` })
      .waitFor(PATIENCE)
    const school = page.getByRole('row').filter({ hasText: 'School' })
    expect(await school.textContent()).toMatch(/not known.*partly missing/)
    expect(await page.locator('main svg pattern').count()).toBeGreaterThan(0)
    expect(await page.getByRole('link', { name: 'Export intervals (CSV)' }).getAttribute('href')).toContain(
      'format=csv',
    )
    await page.getByRole('combobox', { name: 'Usual spans' }).selectOption('Last month')
    await page.waitForURL(/step=day/)
    await page.locator('main strong').filter({ hasText: 'not known' }).waitFor(PATIENCE)
    expect(desk.complaints).toEqual([])
  })
})
