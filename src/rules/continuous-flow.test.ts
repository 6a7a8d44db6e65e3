import { describe, expect, it } from 'vitest'
import { METER_OPTIONS, meterPicture } from '../../tests/support/meter-picture.ts'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import type { Site } from '../model/site.ts'
import { bindRules } from './bind.ts'
import type { Candidate } from './bound-rule.ts'
import { continuousFlow } from './continuous-flow.ts'
import { RulesOptions } from './index.ts'
import { meterOf } from './register.ts'

const HOUR_MS = 3_600_000
const OPTIONS = {
  ...METER_OPTIONS,
  floorM3h: 0.1,
  forMs: 4 * HOUR_MS,
  intervalMs: HOUR_MS,
  heldMs: 2 * HOUR_MS,
}

describe('continuous-flow (above 0.1 m³/h in every hour for 4 h, a gap above 2 h is one)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['flow in every hour is a leak',               '01111111', '----B---'],
    ['one hour without flow starts the count anew','01110111101', '--------BF-'],
    ['a gap longer than a value is held stops the count', '0111---1111', '-----------'],
    ['and after it flow counts from the first reading',   '011---11111', '----------B'],
    ['a short gap belongs to the interval',        '011-1111', '----B---'],
    ['a gap does not clear a leak',                '01111----10', '----B-----F'],
    ['but a register that stood still across it does', '01111----0', '----B----F'],
    ['what is not to be believed is not said',     '01x11x1', '----B--'],
    ['a register that steps back by 5 L has not moved', '0111j1111', '--------B'],
    ['and goes on from where it stood, which ends a leak', '01111j', '----BF'],
    ['a foreign reading is not said',              '011f1111', '----B---'],
    ['a new register starts the count once it is believed and clears nothing', '01111n11111110', '----B--------F'],
    ['no use at all is fine',                      '00000000', '--------'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(continuousFlow, OPTIONS, meterPicture(picture)), HOUR_MS)).toBe(wanted)
  })

  it('goes on over a register that starts again from 0', () => {
    const stream = meterPicture('011o11', HOUR_MS, { from: 9_997.9 })
    expect(drawn(6, run(continuousFlow, OPTIONS, stream), HOUR_MS)).toBe('----B-')
  })

  it('readings a few seconds short of the hour are an hour apart', () => {
    const everyMs = HOUR_MS - 10_000
    expect(drawn(7, run(continuousFlow, OPTIONS, meterPicture('0111011', everyMs)), everyMs)).toBe('-------')
    expect(run(continuousFlow, OPTIONS, meterPicture('011111', everyMs))).toHaveLength(1)
  })

  it('a slow leak whose register steps every other reading is seen over the longer interval', () => {
    const stream = meterPicture('01010101010', HOUR_MS / 2)
    expect(run(continuousFlow, OPTIONS, stream)).toEqual([{ at: 4 * HOUR_MS, breached: true }])
  })

  it('96 samples that come at once a day later are judged by when they were measured', () => {
    const quarters = meterPicture(`0${'1'.repeat(95)}0`, HOUR_MS / 4, { unitM3: 0.1 })
    const receivedAt = 24 * HOUR_MS
    const readings = quarters.flatMap((commit) => commit.readings)
    const atOnce = [{ receivedAt, gaps: [], readings: readings.map((one) => ({ ...one, receivedAt })) }]
    expect(run(continuousFlow, OPTIONS, atOnce)).toEqual([{ at: 4 * HOUR_MS, breached: true }])
  })

  it('a repeated instant says nothing, whatever its value', () => {
    const stream = meterPicture('011111')
    const twice = stream.flatMap((commit) => [
      commit,
      { ...commit, readings: commit.readings.map((one) => ({ ...one, values: { volume: 9_000 } })) },
    ])
    expect(run(continuousFlow, OPTIONS, twice)).toEqual(run(continuousFlow, OPTIONS, stream))
  })

  it('a meter that is read once a day never runs without a pause, however long', () => {
    const { rules } = RulesOptions.parse({
      rules: [{ id: 'r', kind: 'continuous-flow', severity: 'low', verifyMs: 1, options: {} }],
    })
    const place = { institution: 'bureau' }
    const site: Site = {
      id: 's',
      name: '',
      timeZone: 'UTC',
      institutions: [],
      buildings: [],
      zones: [],
      routes: [],
      vehicles: [],
      devices: [{ id: 'meter-1', name: '', family: 'water-meter', profile: 'any', place }],
    }
    const [bound] = bindRules(rules, site, () => ({ measuresEveryMs: 24 * HOUR_MS }))
    const daily = continuousFlow.options.parse(bound?.subjects.get('meter-1')?.options)
    expect(daily).toMatchObject({ point: 'volume', forMs: 24 * HOUR_MS, heldMs: 3 * HOUR_MS })
    expect(run(continuousFlow, daily, meterPicture('1'.repeat(30), 24 * HOUR_MS))).toEqual([])
  })

  it('flow itself may be judged, sample by sample', () => {
    const marks = { f: { values: { flow: 0.2 } }, z: { values: { flow: 0.05 } } }
    const flow = { ...OPTIONS, point: 'flow' } as const
    expect(drawn(7, run(continuousFlow, flow, commits('zfffffz', marks, HOUR_MS)), HOUR_MS)).toBe('-----BF')
    expect(run(continuousFlow, flow, commits('zff---fff', marks, HOUR_MS))).toEqual([])
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = meterPicture('0111-1101-j11f111x110---1111110nn11111110')
    const whole = run(continuousFlow, OPTIONS, all)
    expect(whole.length).toBeGreaterThan(2)
    for (const told of resumedAnywhere(continuousFlow, OPTIONS, all)) expect(told).toEqual(whole)
  })
})

describe('what is known of a meter', () => {
  const candidate = (profile: Candidate['profile'], register?: object) =>
    ({ device: { id: 'meter-1', register }, profile }) as unknown as Candidate

  it('the device goes before its profile, and flow is judged only where there is no register', () => {
    const profile = { measuresEveryMs: 900_000, register: { capacityM3: 100_000, maxRateM3h: 5 } }
    expect(meterOf({}, candidate(profile, { maxRateM3h: 8 }))).toEqual({
      point: 'volume',
      capacityM3: 100_000,
      maxRateM3h: 8,
      heldMs: 3 * HOUR_MS,
    })
    expect(meterOf({}, candidate({ measuresEveryMs: 60_000, points: { flow: {} } }))).toEqual({
      point: 'flow',
      capacityM3: null,
      maxRateM3h: 1_000,
      heldMs: 180_000,
    })
  })
})
