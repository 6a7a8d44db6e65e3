/**
 * Photographs every place of the page in both languages, from a running gateway:
 *   node scripts/screenshots.ts <url> <user> <password> <out directory> [width,width,…] [dark|light]
 * With `docs` or `docs-water` for the widths it takes only that picture of docs/images, as WebP: the control
 * room in both languages as soon as an alarm has a chart, or the quotas of a gateway with some weeks of meters.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { startChromium } from '../tests/support/chromium.ts'

const [url, user, password, out, widths = '1440', colours = 'dark'] = process.argv.slice(2)
const forDocs = widths === 'docs' || widths === 'docs-water'
if (!url || !user || !password || !out) {
  process.stderr.write(
    'usage: screenshots.ts <url> <user> <password> <out directory> [width,width,… | docs | docs-water] [dark|light]\n',
  )
  process.exit(2)
}

const PLACES = {
  'control-room': '/',
  map: '/map',
  orders: '/orders',
  calendar: '/orders?view=calendar&ended=shown',
  water: '/water',
  quotas: '/water/quotas',
  nights: '/water/nights',
  balance: '/water/balance',
  patrol: '/patrol',
  vehicles: '/vehicles',
  devices: '/devices',
  reports: '/reports',
  shift: '/reports/shift',
  'not-ringing': '/?state=suppressed',
  settings: '/settings',
  gateway: '/settings/gateway',
  rules: '/settings/rules',
  'rule-draft': '/settings/rules/draft?rule=burst-pipe',
  notifications: '/settings/notifications',
  users: '/settings/users',
  tokens: '/settings/tokens',
  'dead-letters': '/settings/dead-letters',
  audit: '/settings/audit',
}
const HEIGHTS: Readonly<Record<number, number>> = { 360: 740, 3840: 2160 }

mkdirSync(out, { recursive: true })

/** Charts, maps and fonts have no event of their own. */
const settle = (page: Page) => page.waitForTimeout(1_200)

async function signIn(page: Page): Promise<void> {
  await page.goto(url as string)
  await page.locator('input[autocomplete="username"]').fill(user as string)
  await page.locator('input[autocomplete="current-password"]').fill(password as string)
  await page.locator('button[type="submit"]').click()
  await page.locator('header nav').waitFor()
}

async function photograph(page: Page, name: string): Promise<void> {
  await settle(page)
  await page.screenshot({ path: join(out as string, `${name}.png`) })
  process.stdout.write(`${name}\n`)
}

/**
 * A fifth of a PNG: text and lines as sharp as they were. Encoded on a page of its own, because that of the
 * gateway lets no picture in.
 */
async function writeWebp(page: Page, name: string): Promise<void> {
  const png = await page.screenshot()
  const encoder = await page.context().newPage()
  const webp = (await encoder.evaluate(`(async () => {
    const picture = await (await fetch('data:image/png;base64,${png.toString('base64')}')).blob()
    const bitmap = await createImageBitmap(picture)
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    canvas.getContext('2d').drawImage(bitmap, 0, 0)
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.85 })
    return (await blob.bytes()).toBase64()
  })()`)) as string
  writeFileSync(join(out as string, `${name}.webp`), Buffer.from(webp, 'base64'))
  process.stdout.write(`${name}\n`)
}

await using browser = await startChromium()
const isWater = widths === 'docs-water'
for (const locale of forDocs ? ['en', ...(isWater ? [] : ['zh-CN'])] : []) {
  const viewport = { width: 1280, height: 800 }
  const context = await browser.newContext({ viewport, locale, timezoneId: 'Asia/Shanghai' })
  const page = await context.newPage()
  await signIn(page)
  await page.goto(`${url}${isWater ? '/water/quotas' : `/?alarm=${await alarmWithChart(page)}`}`)
  await page.locator(`${isWater ? 'main' : 'aside'} [role="img"] svg`).waitFor({ timeout: 60_000 })
  await settle(page)
  await writeWebp(
    page,
    isWater ? 'water-quotas' : locale === 'en' ? 'control-room' : `control-room.${locale}`,
  )
  await context.close()
}
for (const width of forDocs ? [] : widths.split(',').map(Number)) {
  for (const locale of ['en', 'zh-CN']) {
    const viewport = { width, height: HEIGHTS[width] ?? 900 }
    const context = await browser.newContext({ viewport, locale, timezoneId: 'Asia/Shanghai' })
    await context.addInitScript(`localStorage.setItem('mantine-color-scheme-value', '${colours}')`)
    const page = await context.newPage()
    const named = (place: string) => `${place}.${locale}.${width}`
    await page.goto(url)
    await photograph(page, named('sign-in'))
    await signIn(page)
    for (const [place, path] of Object.entries(PLACES)) {
      await page.goto(`${url}${path}`)
      await page.locator('main').waitFor()
      if (place === 'control-room' && width >= 1_280) await openFirst(page)
      await photograph(page, named(place))
    }
    const device = await firstLink(page, '/devices?family=water-meter')
    if (device) {
      await page.goto(`${url}${device}`)
      await photograph(page, named('device'))
    }
    const order = await firstLink(page, '/orders')
    if (order) {
      await page.goto(`${url}${order}`)
      await photograph(page, named('order'))
    }
    await context.close()
  }
}

type Alarm = { id: string; raisedAt: string; because: { figures: Record<string, unknown> } }

/**
 * The newest that nobody has acknowledged and that a measured value raised. On the demo campus a pipe bursts
 * every ten minutes.
 */
async function alarmWithChart(page: Page): Promise<string> {
  for (;;) {
    const answer = await page.request.get(`${url}/api/v1/alarms?state=open`)
    const { items } = (await answer.json()) as { items: Alarm[] }
    const found = items
      .filter(({ because }) => because.figures.point !== undefined)
      .sort((one, other) => Date.parse(other.raisedAt) - Date.parse(one.raisedAt))[0]
    if (found) return found.id
    await page.waitForTimeout(1_000)
  }
}

async function openFirst(page: Page): Promise<void> {
  const first = page.locator('[data-row-link]').first()
  if (
    await first.waitFor({ timeout: 5_000 }).then(
      () => true,
      () => false,
    )
  )
    await first.click()
}

async function firstLink(page: Page, path: string): Promise<string | null> {
  await page.goto(`${url}${path}`)
  const first = page.locator('[data-row-link]').first()
  const is = await first.waitFor({ timeout: 5_000 }).then(
    () => true,
    () => false,
  )
  return is ? first.getAttribute('href') : null
}
