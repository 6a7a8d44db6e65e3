import { from } from 'rxjs'
import { expect, it } from 'vitest'
import { boundAlone } from '../../tests/support/bound-alone.ts'
import { compare, compareKind } from './compare.ts'
import type { LiveCommit } from './evaluate.ts'
import { RULE_KINDS } from './index.ts'
import { lowBattery, lowBatteryKind } from './low-battery.ts'
import type { Verdict } from './rule.ts'
import { speeding, speedingKind } from './speeding.ts'
import { sustained, sustainedKind } from './sustained.ts'

const said = (values: readonly Readonly<Record<string, number>>[]): LiveCommit[] =>
  values.map((one, second) => {
    const at = second * 1_000
    return { receivedAt: at, readings: [{ device: 'car-1', at, receivedAt: at, values: one }], gaps: [] }
  })

const LIMITED = [
  {
    kind: sustainedKind,
    options: boundAlone(sustainedKind, sustained, { point: 'level', above: 5, forMs: 0 }),
    values: [{ level: 6 }, { level: 6 }, { level: 4.5 }],
    back: { limit: 5, backBy: 0.5 },
  },
  {
    kind: compareKind,
    options: boundAlone(compareKind, compare, { point: 'in', is: 'above', with: { point: 'out' }, by: 2 }),
    values: [
      { in: 15, out: 10 },
      { in: 11, out: 10 },
    ],
    back: { limit: 2, backBy: 1 },
  },
  {
    kind: lowBatteryKind,
    options: boundAlone(lowBatteryKind, lowBattery, { belowV: 3, clearAboveV: 3 }),
    values: [{ battery: 2.5 }, { battery: 3.25 }],
    back: { limit: 3, backBy: 0.25 },
  },
  {
    kind: speedingKind,
    options: boundAlone(speedingKind, speeding, { limitKmh: 60, toleranceKmh: 0, forMs: 1 }),
    values: [{ speed: 70 }, { speed: 70 }, { speed: 40 }, { speed: 40 }],
    back: { limit: 60, backBy: 20 },
  },
]

it.each(LIMITED)('$kind.kind says with a clear how far behind its limit the value is', (one) => {
  const verdicts: Verdict[] = []
  from(said(one.values))
    .pipe(one.kind.lone(one.options).run('car-1'))
    .subscribe((verdict) => verdicts.push(verdict))
  expect(verdicts.map(({ breached }) => breached)).toEqual([true, false])
  expect(verdicts[1]?.because.figures).toMatchObject(one.back)
})

it('so does every kind that takes a deadband', () => {
  const taking = RULE_KINDS.filter(({ takesDeadband }) => takesDeadband).map(({ kind }) => kind)
  expect(taking.sort()).toEqual(LIMITED.map(({ kind }) => kind.kind).sort())
})
