import { describe, expect, it } from 'vitest'
import { BARE_SITE } from '../../tests/support/bare-site.ts'
import { boundAlone } from '../../tests/support/bound-alone.ts'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import type { Site } from '../model/site.ts'
import { bindRules } from './bind.ts'
import { compare, compareKind } from './compare.ts'
import { createEngine } from './engine.ts'
import { ruleConfigOf } from './rule-config.ts'

const bound = (options: object) => ({
  ...boundAlone(
    compareKind,
    compare,
    { point: 'flow', with: { point: 'limit' }, withinMs: 3, ...options },
    {},
    {},
    'water-meter',
  ),
  device: 'meter-1',
  other: { point: 'limit', device: 'meter-1' },
})
const said = (flow: number, limit: number) => ({ values: { flow, limit } })
const MARKS = {
  e: said(10, 10),
  h: said(13, 10),
  m: said(11, 10),
  l: said(7, 10),
  F: { values: { flow: 13 } },
  L: { values: { limit: 10 } },
  x: { values: { flow: 10, limit: 10 }, doubts: { limit: 'bad' as const } },
}
const told = (picture: string, options: object) =>
  drawn(picture.length, run(compare, bound(options), commits(picture, MARKS)))

describe('compare', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['above by more than the margin breaches, back at it clears', { is: 'above', by: 2 }, 'ehhmh', '-B-FB'],
    ['with hysteresis it clears once it is back by that much',    { is: 'above', by: 2, hysteresis: 1.5 }, 'ehhmhe', '-B---F'],
    ['below',                                                    { is: 'below', by: 2 }, 'ehle', '--BF'],
    ['apart, on either side',                                    { is: 'apart', by: 2 }, 'ehel', '-BFB'],
    ['a share of the other one',                                 { is: 'apart', byShare: 0.2 }, 'emh', '--B'],
    ['said apart they are compared when the second comes',       { is: 'above', by: 2 }, '-F-L-', '---B-'],
    ['said too far apart they are not',                          { is: 'above', by: 2 }, '-F---L-', '-------'],
    ['a bad one neither raises',                                 { is: 'above', by: 2 }, 'xFxFx', '-----'],
    ['nor clears',                                               { is: 'above', by: 2 }, 'hxxxe', 'B---F'],
  ])('%s', (_why, options, picture, wanted) => {
    expect(told(picture, options)).toBe(wanted)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const options = bound({ is: 'above', by: 2, hysteresis: 1.5 })
    const all = commits('ehm-eF-L-x-e-F---L', MARKS)
    const whole = run(compare, options, all)
    expect(whole.length).toBeGreaterThan(2)
    for (const told of resumedAnywhere(compare, options, all)) expect(told).toEqual(whole)
  })
})

describe('compare with another device', () => {
  const meter = (id: string) => ({
    id,
    name: id,
    family: 'water-meter' as const,
    profile: id === 'lamp' ? 'a/lamp' : 'a/meter',
    place: { institution: 'bureau' },
  })
  const site: Site = {
    ...BARE_SITE,
    devices: ['check', 'main-1', 'main-2', 'lamp'].map(meter),
  }
  const bind = (more: object) => {
    const rule = ruleConfigOf('compare', compareKind.declared).parse({
      id: 'pair',
      kind: 'compare',
      severity: 'low',
      verifyMs: 1,
      options: { point: 'flow', is: 'apart', by: 1, with: { point: 'flow', device: 'check' }, withinMs: 100 },
      ...more,
    })
    const config = { ...rule, fault: 'pair' }
    const facts = (profile: string) => ({ points: profile === 'a/lamp' ? { light: {} } : { flow: {} } })
    return bindRules([config], site, facts, [compareKind])
  }

  it('judges each device in scope that has the point, and hears both', () => {
    const [rule] = bind({})
    expect([...(rule?.subjects.keys() ?? [])]).toEqual(['main-1', 'main-2'])
    expect(rule?.deviceOf('main-1')).toBe('main-1')
    expect(bind({ scope: { devices: ['main-2', 'check'] } })[0]?.subjects.size).toBe(1)
  })

  it('raises and clears by whichever is heard last', () => {
    const engine = createEngine(bind({}))
    const take = (offset: number, device: string, flow: number) =>
      engine
        .take({
          offset,
          receivedAt: offset,
          records: [{ is: 'reading', device, at: offset, values: { flow } }],
        })
        .map(({ subject, breached, at }) => `${at} ${subject} ${breached}`)
    expect(take(1, 'main-1', 10)).toEqual([])
    expect(take(2, 'check', 10.5)).toEqual([])
    expect(take(3, 'main-1', 13)).toEqual(['3 main-1 true'])
    expect(take(4, 'main-2', 12)).toEqual(['4 main-2 true'])
    expect(take(5, 'check', 12.5)).toEqual(['5 main-1 false', '5 main-2 false'])
  })

  it('a reference that is not there, or says no such thing, is named', () => {
    const options = (device: string) => ({
      options: { point: 'flow', is: 'apart', with: { point: 'flow', device } },
    })
    expect(() => bind(options('ghost'))).toThrow('options.with: ghost is no device of the site')
    expect(() => bind(options('lamp'))).toThrow('options.with: lamp has no point flow')
    expect(() => bind({ scope: { exceptDevices: ['check'] } })).toThrow('options.with: check is no device')
  })
})
