import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dayKindOf } from '../model/work-calendar.ts'
import { readSite } from './site.ts'

const FILE = readFileSync('examples/campus/calendar.yaml', 'utf8')
const HEAD = `id: campus
name: Campus
timeZone: Asia/Shanghai
institutions:
  - { id: school, name: School, type: school, headCount: 1, areaM2: 1, calendar: office }
devices: []
`

function reading(site: string, calendar?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'calendars-'))
  try {
    writeFileSync(join(folder, 'site.yaml'), site)
    if (calendar !== undefined) writeFileSync(join(folder, 'calendar.yaml'), calendar)
    return readSite(join(folder, 'site.yaml'), new Map())
  } finally {
    rmSync(folder, { recursive: true })
  }
}
const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length

describe('working calendars', () => {
  it('stand in the site file, or in one that it names', () => {
    const named = reading(`${HEAD}calendars: calendar.yaml\n`, FILE)
    const within = reading(`${HEAD}${FILE}`)
    expect(within.calendars).toEqual(named.calendars)
    expect(named.institutions[0]?.calendar).toBe('office')
  })

  it('hold each day of a run of days off, and the make-up days with the hours of Monday', () => {
    const [office] = reading(`${HEAD}${FILE}`).calendars ?? []
    if (!office) throw new Error('no calendar')
    const kindOf = (date: string) => dayKindOf(office, Temporal.PlainDate.from(date))
    expect(['2026-02-14', '2026-02-15', '2026-02-23', '2026-02-24', '2026-02-28'].map(kindOf)).toEqual([
      'make-up',
      'holiday',
      'holiday',
      'working',
      'make-up',
    ])
    expect(office.makeUpHours).toEqual(office.hours.monday)
    const year = office.years[2026]
    expect([year?.holidays.length, year?.workdays.length]).toEqual([33, 6])
    // Every make-up day is of a weekend; a slip of a date would be one of the week.
    for (const date of year?.workdays ?? [])
      expect(Temporal.PlainDate.from(date).dayOfWeek).toBeGreaterThan(5)
  })

  it.each([
    ['[08:30-12:00, 14:30-18:00]', '[08:30-25:00]', 'hours as HH:mm-HH:mm'],
    ['[08:30-12:00, 14:30-18:00]', '[18:00-08:30]', 'the hours end before they begin'],
    ['2026-01-01..2026-01-03', '2026-01-03..2026-01-01', 'a date as YYYY-MM-DD'],
    ['2026-01-01..2026-01-03', '2026-02-30', 'a date as YYYY-MM-DD'],
    ['2026-01-01..2026-01-03', '2025-12-31', '2025-12-31 is not in 2026'],
    ['2026-05-09', '2026-05-05', '2026-05-05 is a holiday too'],
    ['years:', 'year:', 'there is no such key'],
  ])('%s → %s has its line: %s', (right, wrong, reason) => {
    const text = FILE.replace(right, wrong)
    expect(() => reading(`${HEAD}calendars: calendar.yaml\n`, text)).toThrow(
      new RegExp(`calendar\\.yaml:\\d+: .*${reason}`),
    )
    const within = `${HEAD}${text}`
    expect(() => reading(within)).toThrow(new RegExp(`site\\.yaml:\\d+: .*${reason}`))
  })

  it('a wrong time is named where it stands', () => {
    const text = FILE.replace('[08:30-12:00, 14:30-18:00]', '[08:30-25:00]')
    expect(() => reading(`${HEAD}calendars: calendar.yaml\n`, text)).toThrow(
      `calendar.yaml:${lineOf(text, '08:30-25:00')}: `,
    )
  })

  it('an institution cannot go by one that is not there', () => {
    expect(() => reading(HEAD)).toThrow(/site\.yaml:5: .*there is no calendar office/)
  })
})
