/**
 * The page as a person has it: a browser that is signed in, and a record of all that it asked for and all
 * that broke.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Locator, Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Of a wait that ends as soon as what it waits for is there: longer than the busiest machine takes. */
export const PATIENCE = { timeout: 90_000 }

/** The rows of a list, those that are drawn. */
export const rows = (page: Page): Locator => page.locator('[data-row]')

export type Visit = AsyncDisposable & {
  readonly page: Page
  /** Addresses of all requests so far. */
  readonly requests: readonly string[]
  /**
   * What should not have been: errors that no code of the page caught, and what the gateway refused because
   * the role may not.
   */
  readonly complaints: readonly string[]
  /** Goes to a place of the page and waits until it stands. */
  go(path: string): Promise<void>
}

export type Desk = {
  readonly url: string
  readonly locale: string
  readonly user?: string
  readonly password: string
  readonly viewport?: { readonly width: number; readonly height: number }
}

export async function visit(browser: Browser, desk: Desk): Promise<Visit> {
  const { url, locale, user = 'admin', password, viewport = { width: 1440, height: 900 } } = desk
  const context = await browser.newContext({
    locale,
    viewport,
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce', // a dialog halfway through its fading has no contrast that anyone chose
  })
  const page = await context.newPage()
  const requests: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('response', (response) => response.status() === 403 && complaints.push(response.url()))
  page.on('pageerror', ({ message }) => complaints.push(message))
  await page.goto(url)
  await page.locator('input[autocomplete="username"]').fill(user)
  await page.locator('input[autocomplete="current-password"]').fill(password)
  await page.locator('button[type="submit"]').click()
  await page.locator('header nav').waitFor()
  return {
    page,
    requests,
    complaints,
    async go(path) {
      await page.goto(`${url}${path}`)
      await page.locator('main').waitFor()
    },
    [Symbol.asyncDispose]: () => context.close(),
  }
}

type Finding = { id: string; impact: string; help: string; nodes: { target: string[] }[] }

/** What axe calls serious or critical on the page as it stands, each with the first places where it is. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(AXE) // by the debugger: the page's content security policy lets no script in
  const { violations } = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as {
    violations: Finding[]
  }
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => {
      const places = nodes.slice(0, 3).map(({ target }) => target.join(' '))
      return `${id}: ${help} (${places.join('; ')})`
    })
}

/**
 * What of the open place stands beyond the window's right edge, and could not be brought into it: the window
 * itself does not scroll sideways.
 */
export async function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const scrolls = (element) => {
      for (let up = element; up && up.id !== 'main'; up = up.parentElement) {
        const { overflowX, overflow } = getComputedStyle(up)
        if (/auto|scroll/.test(overflowX) && up.scrollWidth > up.clientWidth) return true
        if (up !== element && /hidden|clip/.test(overflow) && getComputedStyle(up).textOverflow === 'ellipsis') return true
      }
      return false
    }
    return [...document.querySelectorAll('#main *')]
      .filter((element) => element.childElementCount === 0 && !element.closest('svg, .maplibregl-map, .unseen'))
      .filter((element) => element.getClientRects().length > 0)
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !scrolls(element))
      .map((element) => element.tagName + ' ' + (element.textContent || element.getAttribute('aria-label') || '').slice(0, 40))
      .slice(0, 5)
  })()`)
}
