import { describe, expect, it } from 'vitest'
import { METER_OPTIONS, meterPicture } from '../../tests/support/meter-picture.ts'
import { drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { implausibleJump } from './implausible-jump.ts'

const HOUR_MS = 3_600_000

const told = (picture: string, from = 5_000) =>
  drawn(
    picture.length,
    run(implausibleJump, METER_OPTIONS, meterPicture(picture, HOUR_MS, { from })),
    HOUR_MS,
  )

describe('implausible-jump (at most 20 m³/h, the register rolls over at 10,000 m³)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['ordinary use is fine, and so is none',            '0123901',      '-------'],
    ['a foreign reading is found at once',              '11f1111',      '--B--F-'],
    ['many foreign readings are one finding',           '11f1f1f111',   '--B------F'],
    ['a step back of 5 L is none',                      '11j1j11',      '-------'],
    ['a new register is found, and over once it goes on', '11n1111111', '--B---F---'],
    ['a gap gives room for what ran in it',             '19-----99',    '---------'],
    ['what is not to be believed is not judged',        '11x111',       '------'],
    ['silence is none',                                 '11------11',   '----------'],
  ])('%s', (_why, picture, wanted) => {
    expect(told(picture)).toBe(wanted)
  })

  it('a rollover is none', () => {
    expect(told('01o1', 9_998.5)).toBe('----')
  })

  it('litres for cubic metres are found', () => {
    const stream = meterPicture('1111', HOUR_MS).map((commit, index) => {
      const litres = (value: unknown) => (index === 2 ? Number(value) * 1_000 : Number(value))
      const readings = commit.readings.map((one) => ({
        ...one,
        values: { volume: litres(one.values.volume) },
      }))
      return { ...commit, readings }
    })
    expect(run(implausibleJump, METER_OPTIONS, stream)).toEqual([{ at: 2 * HOUR_MS, breached: true }])
  })

  it('two values at one instant: the first counts', () => {
    const twice = meterPicture('1111').flatMap((commit) => [
      commit,
      { ...commit, readings: commit.readings.map((one) => ({ ...one, values: { volume: 9 } })) },
    ])
    expect(run(implausibleJump, METER_OPTIONS, twice)).toEqual([])
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = meterPicture('11f1f11-11n11f111n1')
    const whole = run(implausibleJump, METER_OPTIONS, all)
    expect(whole.length).toBeGreaterThan(2)
    for (const one of resumedAnywhere(implausibleJump, METER_OPTIONS, all)) expect(one).toEqual(whole)
  })
})
