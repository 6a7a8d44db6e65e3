/** The water rules over a year of real meters: what they find, what they leave in peace, and that the page says so. */
import { beforeAll, describe, expect, it } from 'vitest'
import { DAIAD_IS_HERE } from '../support/daiad.ts'
import { daiadPage } from '../support/daiad-page.ts'
import { type Alarm, alarmsOf, metersTable, plainCount, rulesTable } from '../support/daiad-run.ts'
import { type DaiadYear, daiadYear } from '../support/daiad-year.ts'

const DAY_MS = 86_400_000

describe.skipIf(!DAIAD_IS_HERE)('the water rules on 674,019 readings of 92 real meters', () => {
  let year: DaiadYear
  let alarms: readonly Alarm[]
  let plain: ReadonlyMap<string, number>
  beforeAll(() => {
    year = daiadYear()
    alarms = alarmsOf(year)
    plain = plainCount(year)
  })

  const of = (rule: string) => alarms.filter((alarm) => alarm.rule === rule)
  const between = (from: number, to: number) =>
    alarms.filter(({ raisedAt }) => raisedAt >= from && raisedAt < to)

  it('finds the thirty meters whose water never stopped for 24 h, and no other', () => {
    const wanted = [...plain].filter(([, hours]) => hours >= 24).map(([device]) => device)
    expect(wanted).toHaveLength(30)
    expect(new Set(of('continuous-flow').map(({ device }) => device))).toEqual(new Set(wanted))
  })

  it('raises nothing for the hour that the clock repeats', () => {
    expect(year.repeats).toBe(78)
    // From midnight to six in Madrid: the repeated hour and the longest interval after it.
    expect(between(Date.UTC(2016, 9, 29, 22), Date.UTC(2016, 9, 30, 5))).toEqual([])
  })

  it('takes a step back of 10 L or less for neither flow nor a finding', () => {
    const falls = of('implausible-jump').filter(({ because }) => because.code === 'register-fell')
    expect(falls.length).toBeGreaterThan(0)
    for (const { because } of falls) {
      const { fromM3, toM3 } = because.figures
      expect(Number(fromM3) - Number(toM3)).toBeGreaterThan(0.01)
    }
  })

  it('says of the foreign readings of 17 January 2017 that they are implausible, once, and nothing else', () => {
    const day = Date.UTC(2017, 0, 17)
    const said = between(day - 2 * DAY_MS, day + 3 * DAY_MS).filter(({ device }) => device === '9348c9bb')
    expect(said).toMatchObject([{ rule: 'implausible-jump', because: { code: 'register-jumped' } }])
    expect(said[0]?.clearedAt).toBe(Date.UTC(2017, 0, 17, 16, 37, 3))
  })

  it('no pipe of a household bursts in the year', () => {
    expect(of('burst')).toEqual([])
  })

  it('docs/rules/daiad.md tells what came out (node scripts/daiad-page.ts writes it)', () => {
    const { there, due } = daiadPage({
      rules: rulesTable(alarms, year.site.devices.length),
      meters: metersTable(alarms, plain),
    })
    expect(there).toBe(due)
  })
})
