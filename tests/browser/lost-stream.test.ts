/** The page while the gateway is away: it says so, and it misses nothing. */
import { expect, it } from 'vitest'
import { openControlRoom } from '../support/control-room.ts'
import { connectGate } from '../support/gate.ts'
import { startGateway } from '../support/gateway.ts'
import { PATIENCE } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'
import { SMALL_SITE, simulated } from '../support/simulated.ts'

requireServer('chromium')('a stream that is lost', () => {
  it('says that it is not live while the gateway is away, and shows what it missed', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await using desk = await room.desk()
    const { page } = desk
    await page.getByText('No open alarm.').waitFor(PATIENCE)
    // Asked so often the page gives up on who is signed in; what it shows has to stay all the same
    let refused = 0
    const givenUp = new Promise<void>((resolve) => {
      page.on('requestfailed', (request) => {
        if (request.url().endsWith('/api/v1/session') && ++refused === 4) resolve()
      })
    })
    await gateway.stop('SIGKILL')
    const alert = page.getByRole('alert').filter({ hasText: 'The connection is lost' })
    await alert.waitFor(PATIENCE)
    const said = await alert.textContent()
    await givenUp
    await page.getByText('No open alarm.').waitFor(PATIENCE)
    await page.getByText(/Last update \d+ sec/).waitFor()
    expect(await alert.textContent(), 'what is read out does not tick').toBe(said)
    const filter = await page.evaluate('getComputedStyle(document.querySelector("main")).filter')
    expect(filter).toContain('grayscale(1)')

    // Said for some seconds only: the page itself looks out for it, however busy the machine is
    const saidLive = page.evaluate(`new Promise((resolve) => {
      const look = () => document.body.innerText.includes('Live again') && resolve()
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true })
    })`)
    await using again = await startGateway({
      config: SMALL_SITE,
      dataDir: gateway.dataDir,
      environment: { GATEHOUSE_HTTP_PORT: new URL(gateway.url).port },
    })
    await using _campus = await simulated(again, [
      { name: 'burst-pipe', device: 'meter-1', startsAfterMs: 0, lastsMs: 60_000 },
    ])
    await saidLive
    await page.locator('[data-row]').filter({ hasText: 'burst pipe' }).waitFor(PATIENCE)
    expect(desk.complaints).toEqual([])
  })

  it('shows an alarm that came after the page had asked what stands and before the stream was there', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    await using gate = await connectGate(room.gateway, 'gate-1')
    await using desk = await room.desk()
    const { page } = desk
    const held = Promise.withResolvers<void>()
    await page.route('**/api/v1/live*', async (route) => {
      await held.promise
      await route.continue()
    })
    await desk.go('/')
    await page.getByText('No open alarm.').waitFor(PATIENCE)
    await gate.force()
    held.resolve()
    await page.locator('[data-row]').filter({ hasText: 'door forced' }).waitFor(PATIENCE)
    expect(desk.complaints).toEqual([])
  })

  it('a desk whose clock is three hours ahead shows the same ages, and puts nothing out of service for longer than was asked', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    await using gate = await connectGate(gateway, 'gate-1')
    await gate.force()
    await using desk = await room.desk()
    const { page } = desk
    await page.addInitScript('const now = Date.now; Date.now = () => now() + 3 * 3600000')
    await desk.go('/')
    const row = page.locator('[data-row]').filter({ hasText: 'door forced' })
    await row.waitFor(PATIENCE)
    expect(await row.textContent(), 'from the first moment on').not.toMatch(/\d hr/)

    await desk.go('/devices/gate-1')
    await page.getByRole('button', { name: 'Take out of service' }).click(PATIENCE)
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').last().fill('hinge')
    const [sent] = await Promise.all([
      page.waitForRequest(/out-of-service$/),
      dialog.getByRole('button', { name: 'Take out of service' }).click(),
    ])
    const { until } = sent.postDataJSON() as { until: string }
    expect(Date.parse(until) - Date.now()).toBeLessThan(9 * 3_600_000)
    await dialog.waitFor({ state: 'detached' })
    expect(desk.complaints).toEqual([])
  })

  it('says at once that all is old where the machine slept for hours, and catches up', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    await using gate = await connectGate(room.gateway, 'gate-1')
    await using desk = await room.desk()
    const { page } = desk
    await page.addInitScript(
      'const now = Date.now; let slept = 0; Date.now = () => now() + slept; window.sleepHours = (hours) => { slept += hours * 3600000 }',
    )
    await desk.go('/')
    await page.getByText('No open alarm.').waitFor(PATIENCE)
    // Timers stand still while a machine sleeps, and nothing tells the page that its stream is dead
    const told = page.evaluate(`new Promise((resolve) => {
      const look = () => document.body.innerText.includes('Last update 5 hr') && resolve(document.querySelectorAll('[role=alert]').length)
      new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true })
    })`)
    await page.evaluate('sleepHours(5)')
    expect(await told).toBe(1)
    await gate.force()
    await page.locator('[data-row]').filter({ hasText: 'door forced' }).waitFor(PATIENCE)
    await page.getByText('The connection is lost').waitFor({ state: 'detached', ...PATIENCE })
    expect(desk.complaints).toEqual([])
  })

  it('asks to sign in again where the session ended in the night, says so, and leads back to the same view', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { gateway } = room
    const [name, password, later] = ['li', 'night-shift-of-li', 'morning-shift-of-li']
    await gateway.api('/users', { method: 'POST', body: { name, role: 'operator', password } })
    await using desk = await room.desk({ user: name, password })
    const { page } = desk
    await desk.go('/devices?family=water-meter')
    await page.locator('[data-row]').first().waitFor(PATIENCE)
    const over = page.getByRole('status').filter({ hasText: 'The session is over' })
    await gateway.api(`/users/${name}/password`, { method: 'POST', body: { password: later } })
    await over.waitFor(PATIENCE)
    expect(await page.locator('[data-row]').count(), 'nothing stays on the screen').toBe(0)
    await page.locator('input[autocomplete="username"]').fill(name)
    await page.locator('input[autocomplete="current-password"]').fill(later)
    await page.locator('button[type="submit"]').click()
    await page.locator('[data-row]').first().waitFor(PATIENCE)
    expect(new URL(page.url()).search).toBe('?family=water-meter')
    expect(desk.complaints).toEqual([])
  })
})
