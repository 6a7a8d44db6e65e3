/**
 * Accounts in the control room: a secret is shown once and works, what is taken away is gone, and whoever
 * only reads finds no button.
 */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { openControlRoom } from '../support/control-room.ts'
import { PATIENCE, seriousFindings } from '../support/page.ts'
import { requireServer } from '../support/servers.ts'
import { SMALL_SITE } from '../support/simulated.ts'

const width = (page: Page) => page.evaluate('document.documentElement.scrollWidth')

requireServer('chromium')('accounts in the control room', () => {
  it('are made with secrets shown once, which work until they are taken away; the last admin stays, an auditor only looks', async () => {
    await using room = await openControlRoom({ config: SMALL_SITE })
    const { url } = room.gateway
    await using desk = await room.desk()
    const { page } = desk
    const dialog = page.getByRole('dialog')
    const gone = { state: 'detached', ...PATIENCE } as const

    await desk.go('/settings/users')
    await page.getByRole('button', { name: 'New user' }).click(PATIENCE)
    await dialog.waitFor(PATIENCE)
    await page.keyboard.type('wang') // the name has the focus
    await dialog.getByRole('combobox', { name: 'Role' }).selectOption('operator')
    expect(await seriousFindings(page), 'the dialog').toEqual([])
    await page.keyboard.press('Enter')
    const password = await dialog.getByRole('textbox', { name: 'Password of wang' }).inputValue(PATIENCE)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await dialog.getByRole('button', { name: 'Copy' }).click()
    await dialog.getByText('Copied.').waitFor(PATIENCE)
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(password)
    await page.keyboard.press('Escape')
    await dialog.waitFor(gone)
    await page.getByRole('row', { name: /^wang Operator .* not signed in/ }).waitFor(PATIENCE)
    expect(await page.content()).not.toContain(password)

    await using operator = await room.desk({ user: 'wang', password })
    await operator.go('/settings')
    await operator.page.getByText('Signed in as wang (Operator)').waitFor(PATIENCE)
    expect(await operator.page.getByRole('link', { name: 'Users' }).count()).toBe(0)

    await page.getByRole('button', { name: 'Remove admin' }).click()
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await dialog.getByRole('alert').filter({ hasText: 'admin is the last admin' }).waitFor(PATIENCE)
    await page.keyboard.press('Escape')
    await dialog.waitFor(gone)
    await page.setViewportSize({ width: 360, height: 740 })
    expect(await seriousFindings(page), 'the users').toEqual([])
    expect(await width(page), 'on a telephone').toBe(360)
    const box = await page.getByRole('button', { name: 'New password for wang' }).boundingBox()
    expect((box?.x ?? 0) + (box?.width ?? 0), 'in sight there').toBeLessThanOrEqual(360)

    await desk.go('/settings/tokens')
    await page.getByRole('button', { name: 'New token' }).click(PATIENCE)
    await dialog.getByRole('textbox', { name: 'Used for' }).fill('grafana')
    await dialog.getByRole('combobox', { name: 'Role' }).selectOption('admin')
    await page.keyboard.press('Enter')
    const token = await dialog.getByRole('textbox', { name: 'Token grafana' }).inputValue(PATIENCE)
    await page.keyboard.press('Escape')
    await dialog.waitFor(gone)
    const asMachine = async (path: string, body?: object) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const asked = body ? { method: 'POST', body: JSON.stringify(body) } : {}
      return (await fetch(`${url}/api/v1${path}`, { headers, ...asked })).status
    }
    expect(await asMachine('/users', { name: 'li', role: 'auditor', password })).toBe(204)

    await using auditor = await room.desk({ locale: 'zh-CN', user: 'li', password })
    for (const [path, row] of [
      ['/settings/users', /^li （您） 审计员/],
      ['/settings/tokens', /^grafana 管理员/],
    ] as const) {
      await auditor.go(path)
      await auditor.page.getByRole('row', { name: row }).waitFor(PATIENCE)
      expect(await auditor.page.locator('main').getByRole('button').count(), path).toBe(0)
    }

    await page.getByRole('button', { name: 'Revoke grafana' }).click(PATIENCE)
    await dialog.getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('No token is in force.').waitFor(PATIENCE)
    expect(await asMachine('/users')).toBe(401)
    await dialog.waitFor(gone)
    expect(await page.evaluate('document.activeElement.textContent'), 'the focus is not lost').toBe('Tokens')
    expect(await width(page), 'on a telephone').toBe(360)
    expect(await seriousFindings(page), 'the tokens').toEqual([])
    expect([desk, operator, auditor].flatMap(({ complaints }) => complaints)).toEqual([])
  })
})
