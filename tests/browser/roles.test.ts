/** Each role sees the places that are its own, is never led into a dead end and never asks for what it may not have. */
import { expect, it } from 'vitest'
import { systemClock } from '../../src/connect/system-clock.ts'
import type { NewUser } from '../../src/operations/accounts.ts'
import { openOperations } from '../../src/operations/open.ts'
import { openControlRoom } from '../support/control-room.ts'
import type { RunningGateway } from '../support/gateway.ts'
import { PATIENCE, seriousFindings, type Visit } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'
import { SMALL_SITE } from '../support/simulated.ts'

const PASSWORD = 'correct horse battery'

async function addUser(gateway: RunningGateway, user: Omit<NewUser, 'password'>) {
  await using operations = await openOperations({ dir: gateway.dataDir, clock: systemClock })
  await operations.registry.createUser({ ...user, password: PASSWORD }, 'admin')
}

async function orderFor(gateway: RunningGateway, assignee: string, title: string): Promise<string> {
  const body = { device: 'meter-1', title }
  const made = (await gateway.api('/work-orders', { method: 'POST', body })) as { body: { id: string } }
  const to = { to: 'dispatched', assignee }
  await gateway.api(`/work-orders/${made.body.id}/transitions`, { method: 'POST', body: to })
  return made.body.id
}

const places = (desk: Visit) => desk.page.locator('header nav a').allTextContents()

requireServer('chromium')('a role', () => {
  it('contractor moves its own orders with one thumb and is shown nobody else’s', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await addUser(gateway, { name: 'li', role: 'contractor', contractor: 'Plumbers Ltd' })
    const id = await orderFor(gateway, 'Plumbers Ltd', 'valve drips')
    const others = await orderFor(gateway, 'Painters Ltd', 'wall is wet')
    const viewport = { width: 360, height: 740 }
    await using phone = await room.desk({ user: 'li', password: PASSWORD, viewport })
    const { page } = phone
    await page.getByText('valve drips').waitFor(PATIENCE)
    expect(new URL(page.url()).pathname).toBe('/orders')
    expect(await places(phone)).toEqual(['Orders', 'Settings'])
    expect(await page.getByText('wall is wet').count()).toBe(0)
    await page.getByText('1 order to accept').waitFor()
    expect(await seriousFindings(page)).toEqual([])

    await page.getByRole('link', { name: 'valve drips' }).click()
    await page.locator('[data-now]').filter({ hasText: 'dispatched' }).waitFor(PATIENCE)
    for (const [move, state] of [
      ['Accept', 'accepted'],
      ['Done', 'done'],
    ] as const) {
      const button = page.getByRole('button', { name: move, exact: true })
      await button.waitFor(PATIENCE)
      const box = await button.boundingBox()
      expect(box?.height, 'large enough for a thumb').toBeGreaterThanOrEqual(44)
      expect(box?.y, 'within reach of a thumb').toBeGreaterThan(600)
      await button.click()
      await page.getByRole('dialog').getByLabel('Note').fill('in the pump room')
      await page.getByRole('dialog').getByRole('button', { name: move, exact: true }).click()
      await page.locator('[data-now]').filter({ hasText: state }).waitFor(PATIENCE)
    }
    expect(await seriousFindings(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)

    const unable = await orderFor(gateway, 'Plumbers Ltd', 'lift stands still')
    await phone.go(`/orders/${unable}`)
    await page.getByRole('button', { name: 'Give back' }).click(PATIENCE)
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Give back' }).click()
    expect(await dialog.isVisible(), 'nobody gives back without a reason').toBe(true)
    await dialog.getByLabel('Why').fill('that is for the lift firm')
    await dialog.getByRole('button', { name: 'Give back' }).click()
    await page.getByText('is given back and no longer yours').waitFor(PATIENCE)
    await page.locator('[data-now]').filter({ hasText: 'that is for the lift firm' }).waitFor(PATIENCE)
    expect(await page.getByRole('button', { name: 'Accept' }).count()).toBe(0)
    await page.getByRole('link', { name: '← All orders' }).click()
    await page.getByText('valve drips').waitFor(PATIENCE)
    expect(await page.getByText('lift stands still').count(), 'it is not theirs any more').toBe(0)

    for (const path of ['/water', '/map', '/patrol', '/vehicles', '/devices/meter-1']) {
      await phone.go(path)
      await page.getByText('Your role does not see this.').waitFor(PATIENCE)
    }
    await page.getByRole('link', { name: 'To the first page' }).click()
    await page.getByRole('heading', { name: 'Orders' }).waitFor(PATIENCE)
    await phone.go(`/orders/${others}`)
    await page.getByText('Your role does not see this.').waitFor(PATIENCE)
    await phone.go('/settings')
    await page.getByRole('heading', { name: 'Password' }).waitFor(PATIENCE)
    const told = (await gateway.api(`/work-orders/${id}`)) as { body: { history: object[] } }
    expect(told.body.history.slice(-2)).toMatchObject([{ by: 'li' }, { by: 'li', note: 'in the pump room' }])
    // Only the gateway knows whose an order is
    expect([...new Set(phone.complaints)]).toEqual([`${gateway.url}/api/v1/work-orders/${others}`])
  })

  it('energy office begins with the water, reads devices, and hears of no alarm it could not open', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await addUser(gateway, { name: 'wang', role: 'energy' })
    await using desk = await room.desk({ user: 'wang', password: PASSWORD })
    const { page } = desk
    await page.getByRole('heading', { name: 'Water' }).waitFor(PATIENCE)
    expect(await places(desk)).toEqual(['Map', 'Water', 'Patrol', 'Vehicles', 'Devices', 'Settings'])
    expect(await page.getByRole('button', { name: 'Sound' }).count()).toBe(0)
    for (const [path, heading] of Object.entries({
      '/map': 'Map',
      '/devices': 'Devices',
      '/devices/meter-1': 'Last values',
      '/settings': 'Settings',
    })) {
      await desk.go(path)
      await page.locator('main').getByRole('heading', { name: heading, exact: true }).waitFor(PATIENCE)
      expect(await page.locator('main').getByText('Active alarms').count()).toBe(0)
      expect(await seriousFindings(page), path).toEqual([])
    }
    await desk.go('/orders')
    await page.getByText('Your role does not see this.').waitFor(PATIENCE)
    expect(desk.complaints).toEqual([])
  })
})
