import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { instantOf, showInstantIn } from './instants.ts'

it.each([
  ['2026-11-22T10:00:00.000+08:00', '2026-11-22T02:00:00.000Z'],
  ['2026-11-22T10:00:00 08:00', '2026-11-22T02:00:00.000Z' /* a bare + in an address */],
  ['2026-11-22T02:00Z', '2026-11-22T02:00:00.000Z'],
  ['2026-11-22t02:00:00z', '2026-11-22T02:00:00.000Z'],
  ['2026-11-22T10:00:00+0800', '2026-11-22T02:00:00.000Z'],
])('%s is an instant', (text, wanted) => {
  expect(instantOf(text)).toBe(Date.parse(wanted))
})

it.each([
  '',
  '2026-11-22',
  '2026-11-22T10:00:00',
  '1795312800000',
  '2026-02-30T00:00:00Z',
  '2026-11-22T25:00:00Z',
  'now',
  '2026-11-22T10:00:00+08:00[Asia/Shanghai]',
])('%s is none', (text) => {
  expect(instantOf(text)).toBeUndefined()
})

it('what is shown is read back, in any zone', () => {
  const at = fc.date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  const zone = fc.constantFrom('Asia/Shanghai', 'UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu')
  fc.assert(
    fc.property(at, zone, (date, timeZone) => {
      const shown = showInstantIn(timeZone)(date.getTime())
      expect(shown).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/)
      expect(instantOf(shown)).toBe(date.getTime())
    }),
  )
})

it('an instant is shown as the calendar of the language writes it, also around a change of the clocks and before there were zones', () => {
  const far = fc.integer({ min: -4e12, max: 3e14 })
  const change = Date.parse('2026-03-29T01:00:00Z') // Berlin and Lisbon
  const near = fc.integer({ min: change - 120_000, max: change + 120_000 })
  const zone = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'Africa/Monrovia', 'Asia/Kathmandu')
  fc.assert(
    fc.property(
      zone,
      fc.array(fc.oneof(far, near), { minLength: 1, maxLength: 20 }),
      (timeZone, instants) => {
        const show = showInstantIn(timeZone)
        for (const at of instants) {
          const written = Temporal.Instant.fromEpochMilliseconds(at).toString({
            timeZone,
            fractionalSecondDigits: 3,
          })
          expect(show(at)).toBe(written)
        }
      },
    ),
    { numRuns: 300 },
  )
})
