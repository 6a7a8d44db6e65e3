import { describe, expect, it } from 'vitest'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { doorTamper } from './door-tamper.ts'

const MARKS = {
  t: { values: { tamper: true } },
  n: { values: { tamper: false, fire: true } },
  c: { values: { door: 'closed', fire: true } },
  x: { values: { tamper: false }, doubts: { tamper: 'bad' } },
} as const

describe('door-tamper', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['a contact that opens breaches until it closes', 'n-t--n-', '--B--F-'],
    ['being told so again changes nothing',           't-t-nn-', 'B---F--'],
    ['each time counts by itself',                    'tntn---', 'BFBF---'],
    ['other news changes nothing, fire neither',      't-c-n--', 'B---F--'],
    ['what is not to be believed ends nothing',       't-x-n--', 'B---F--'],
    ['a breach outlasts an absence',                  't-~~~n-', 'B----F-'],
  ])('%s', (_why, picture, wanted) => {
    expect(drawn(picture.length, run(doorTamper, {}, commits(picture, MARKS)))).toBe(wanted)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('t-nt-x~~~n-ctn', MARKS)
    const whole = run(doorTamper, {}, all)
    expect(whole.length).toBeGreaterThan(4)
    for (const told of resumedAnywhere(doorTamper, {}, all)) expect(told).toEqual(whole)
  })
})
