/**
 * A desk whose clock is wrong: what is over, what still rests and until when it shall rest go by the
 * gateway's clock.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import type { Alarm } from '../api/types.ts'
import { mergeAlarms } from './merge.ts'
import { skewOf } from './skew.ts'
import { gatewayNow, noteHeard, onGateway } from './status.ts'

const HOUR_MS = 3_600_000
const TRUE_NOW = Date.parse('2026-11-22T10:00:00+08:00')

afterEach(() => {
  noteHeard(new Date().toISOString())
  vi.useRealTimers()
})

const hoursWrong = (hours: number) => {
  vi.useFakeTimers({ now: TRUE_NOW + hours * HOUR_MS, toFake: ['Date'] })
  noteHeard(new Date(TRUE_NOW).toISOString())
}

const cleared = (minutesAgo: number) =>
  ({
    id: `${minutesAgo}`,
    state: 'cleared',
    acknowledged: null,
    clearedAt: new Date(TRUE_NOW - minutesAgo * 60_000).toISOString(),
  }) as unknown as Alarm

it.each([-30, -2, 0, 2, 30])('with a clock %d hours wrong the same alarms are still shown', (hours) => {
  hoursWrong(hours)
  expect(gatewayNow()).toBe(TRUE_NOW)
  expect(onGateway(Date.now() - HOUR_MS)).toBe(TRUE_NOW - HOUR_MS)
  const held = { items: [cleared(5), cleared(90)], cut: false }
  expect(mergeAlarms(held, new Map()).items.map(({ id }) => id)).toEqual(['5'])
})

it('before the stream has spoken the date of the first answer tells the time, and never after', () => {
  const wrong = TRUE_NOW + 3 * HOUR_MS
  const { dated, heard, onGateway } = skewOf(() => wrong)
  dated(null)
  dated(new Date(wrong - 2_000).toUTCString())
  expect(onGateway(wrong), 'what a date may be off by is no wrong clock').toBe(wrong)
  dated(new Date(TRUE_NOW).toUTCString())
  expect(onGateway(wrong)).toBe(TRUE_NOW)
  heard(new Date(TRUE_NOW + 400).toISOString())
  dated(new Date(TRUE_NOW - HOUR_MS).toUTCString())
  expect(onGateway(wrong)).toBe(TRUE_NOW + 400)
})

it("the browser's own clock is asked only for how long something took in the browser itself", () => {
  const root = join(import.meta.dirname, '..')
  const asks = globSync('**/*.{ts,tsx}', { cwd: root })
    .filter((file) => !/\.(test|d)\.ts$/.test(file))
    .filter((file) => /Date\.now\(\)|new Date\(\)/.test(readFileSync(join(root, file), 'utf8')))
  expect(asks.sort()).toEqual(['live/status.ts', 'live/stream.ts', 'shell/live-bar.tsx', 'shell/use-away.ts'])
})
