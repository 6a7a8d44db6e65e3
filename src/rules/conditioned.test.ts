import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commits, drawn, type Marks, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { conditioned } from './conditioned.ts'
import type { Conditions } from './conditions.ts'
import type { Kept } from './evaluate.ts'
import { silent } from './silent.ts'
import { readBare, readConditioned } from './stored.ts'
import { sustained } from './sustained.ts'

const LIMIT = { point: 'flow', above: 10, clearBelow: 10, forMs: 0, heldMs: 1_000 }
type Limit = typeof LIMIT

const MARKS: Marks = {
  H: { values: { flow: 20 } },
  L: { values: { flow: 1 } },
  h: { values: { flow: 20 }, doubts: { flow: 'uncertain' } },
  l: { values: { flow: 1 }, doubts: { flow: 'uncertain' } },
  '?': { values: { flow: 99 }, doubts: { flow: 'bad' } },
  o: { values: { battery: 3 } },
}

const rule = conditioned(sustained)
const under = (conditions: Conditions<Limit>) => ({ ...LIMIT, conditions })

const told = (picture: string, conditions: Conditions<Limit>, options = LIMIT) =>
  drawn(picture.length, run(rule, { ...options, conditions }, commits(picture, MARKS)))

const CASES: [string, Conditions<Limit>, string, string][] = [
  ['a delay of nothing is no delay', {}, '-H-L-H-', '-B-F-B-'],
  ['a breach shorter than the on-delay is none', { onDelayMs: 4 }, '-H--L-----', '----------'],
  ['a breach as long as the on-delay counts at its end', { onDelayMs: 4 }, '-H--------', '-----B----'],
  ['a clear at the very end of the on-delay is in time', { onDelayMs: 4 }, '-H---L----', '----------'],
  [
    'a bad value starts the on-delay anew with the next good one',
    { onDelayMs: 4 },
    '-H?-H-----',
    '--------B-',
  ],
  ['after a bad value and silence nothing is raised', { onDelayMs: 4 }, '-H?-------', '----------'],
  ['a reading of something else neither helps nor harms', { onDelayMs: 4 }, '-Ho-------', '-----B----'],
  [
    'a value that is no longer believed raises nothing',
    { onDelayMs: 6, heldMs: 3 },
    '-H---------',
    '-----------',
  ],
  [
    'values that follow in time are believed throughout',
    { onDelayMs: 6, heldMs: 3 },
    '-H--H--H---',
    '-------B---',
  ],
  ['a clear shorter than the off-delay is none', { offDelayMs: 4 }, '-H-L-H----', '-B--------'],
  ['the off-delay keeps the breach', { offDelayMs: 4 }, '-H-L------', '-B-----F--'],
  ['a bad value starts the off-delay anew', { offDelayMs: 4 }, '-H-L?L----', '-B-------F'],
  ['both delays', { onDelayMs: 2, offDelayMs: 2 }, '-H---L-H-L---', '---B-------F-'],
  ['once is not often enough', { confirm: { times: 2, of: 3 } }, '-H-L-L-', '-------'],
  ['two of three', { confirm: { times: 2, of: 3 } }, '-H-L-H-', '-----B-'],
  ['it clears when too few are left', { confirm: { times: 2, of: 3 } }, '-HHLHLL-', '--B--F--'],
  ['a bad value is no judgement', { confirm: { times: 2, of: 2 } }, '-H?H-', '---B-'],
  ['an uncertain value counts', {}, '-h-l-', '-B-F-'],
  ['unless only good ones do', { quality: 'good-only' }, '-h-H-l-L', '---B---F'],
]

describe('a rule with common options', () => {
  it.each(CASES)('%s', (_case, conditions, picture, expected) => {
    expect(told(picture, conditions)).toBe(expected)
  })

  it('leaves an absence of the gateway out of a delay upon silence, as silence itself does', () => {
    const quiet = conditioned(silent)
    const options = { forMs: 4, conditions: { onDelayMs: 3 } }
    const drawnOf = (picture: string) =>
      drawn(picture.length, run(quiet, options, commits(picture, { r: { values: { flow: 1 } } })))
    expect(drawnOf('r-------------')).toBe('-------B------')
    expect(drawnOf('r----~~~~-----')).toBe('------------B-')
  })

  it('ends a silence when it was heard, whatever a clock says that was set back', () => {
    const quiet = conditioned(silent)
    const options = { forMs: 4, conditions: { offDelayMs: 2 } }
    let state = quiet.start(options, 100).state
    state = quiet.step(state, { wokenAt: 104 }, options).state
    const reading = { device: 'meter-1', at: 7, receivedAt: 110, values: { flow: 1 } }
    const heard = quiet.step(state, { reading }, options)
    expect(heard.wakeAt).toBe(112)
    expect(quiet.step(heard.state, { wokenAt: 112 }, options).verdict).toMatchObject({ breached: false })
  })

  it('says why as the kind said when the breach began, and when it is over', () => {
    const said = run(rule, under({ onDelayMs: 2, offDelayMs: 2 }), commits('-H--L---', MARKS))
    expect(said).toMatchObject([
      { at: 3, breached: true },
      { at: 6, breached: false },
    ])
  })

  it('judges the change of a point per hour', () => {
    const rate = { ...LIMIT, point: 'levelPerHour', above: 100, clearBelow: 100 }
    const level = (value: number) => ({ values: { level: value } })
    const marks = {
      a: level(0),
      b: level(1),
      c: level(9),
      x: { ...level(5), doubts: { level: 'bad' as const } },
    }
    const at = (picture: string, conditions: Conditions<Limit>) =>
      drawn(picture.length, run(rule, { ...rate, conditions }, commits(picture, marks, 60_000)), 60_000)
    const byPoint = { rateOfChange: { point: 'level' } }
    // From 0 to 1 in a minute is 60 an hour, from 1 to 9 it is 480.
    expect(at('abc--c', byPoint)).toBe('--B--F')
    expect(at('abxc--', byPoint)).toBe('---B--')
    expect(at('abc-c-', { rateOfChange: { point: 'level', overMs: 240_000 } })).toBe('----B-')
    expect(at('ab----c', { ...byPoint, heldMs: 120_000 })).toBe('-------')
    expect(rule.points({ ...rate, conditions: byPoint })).toEqual(['level'])
  })
})

const Mark = fc.constantFrom('H', 'L', 'h', 'l', '?', 'o', '-', '-', '~')
const Picture = fc.array(Mark, { maxLength: 30 }).map((marks) => `-${marks.join('')}`)
const Small = fc.integer({ min: 0, max: 6 })
const night = {
  timeZone: 'UTC',
  stretches: [{ from: '00:00', to: '00:01' }],
}
const AnyConditions = fc
  .record(
    {
      onDelayMs: Small,
      offDelayMs: Small,
      confirm: fc.constantFrom({ times: 1, of: 1 }, { times: 2, of: 3 }, { times: 3, of: 3 }),
      heldMs: fc.integer({ min: 1, max: 8 }),
      quality: fc.constant('good-only' as const),
      rateOfChange: fc.constant({ point: 'flow' }),
      when: fc.constant(night),
      optionsWhen: fc.constant([{ when: night, options: { ...LIMIT, above: 30, clearBelow: 30 } }]),
    },
    { requiredKeys: [] },
  )
  .map((conditions) => conditions as Conditions<Limit>)

/** So that the schedule ends in the middle of the picture. */
const FIRST_MINUTE_ENDS = 60_000 - 12

describe('whatever its common options', () => {
  it('it tells the same story wherever the run is cut and resumed', () => {
    fc.assert(
      fc.property(Picture, AnyConditions, Small, (picture, conditions, forMs) => {
        const stream = commits(picture, MARKS, 1, FIRST_MINUTE_ENDS)
        const options = { ...under(conditions), forMs }
        const whole = run(rule, options, stream)
        for (const resumed of resumedAnywhere(rule, options, stream)) expect(resumed).toEqual(whole)
      }),
      { numRuns: 200 },
    )
  })

  it('breaches and clears take turns', () => {
    fc.assert(
      fc.property(Picture, AnyConditions, Small, (picture, conditions, forMs) => {
        const stream = commits(picture, MARKS, 1, FIRST_MINUTE_ENDS)
        const said = run(rule, { ...under(conditions), forMs }, stream)
        expect(said.map(({ breached }) => breached)).toEqual(said.map((_each, index) => index % 2 === 0))
      }),
      { numRuns: 300 },
    )
  })
})

describe('without any of them', () => {
  it('with delays of nothing and one judgement of one, it says what the bare kind says', () => {
    const nothing = fc.constantFrom<Conditions<Limit>>({}, { onDelayMs: 0, offDelayMs: 0 }, { heldMs: 3 })
    fc.assert(
      fc.property(Picture, nothing, Small, (picture, conditions, forMs) => {
        const stream = commits(picture, MARKS)
        expect(run(rule, { ...under(conditions), forMs }, stream)).toEqual(
          run(sustained, { ...LIMIT, forMs }, stream),
        )
      }),
      { numRuns: 300 },
    )
  })
})

describe('when such options are added to a rule that runs, or taken away', () => {
  const stored = (picture: string, conditions?: Conditions<Limit>) => {
    const kept = new Map<string, Kept<never>>()
    if (conditions) run(rule, under(conditions), commits(picture, MARKS), kept as never)
    else run(sustained, LIMIT, commits(picture, MARKS), kept as never)
    return JSON.parse(JSON.stringify({ version: 'before', ...kept.get('meter-1') }))
  }
  const rest = (picture: string, from: number) => commits(picture, MARKS, 1, from)

  it('a running breach goes on', () => {
    const kept = readConditioned(sustained, rule, {})(stored('-H-'))
    expect(kept?.state.told).toBe(true)
    const said = run(
      rule,
      under({ offDelayMs: 3 }),
      rest('-L------', 3),
      new Map([['meter-1', kept as never]]),
    )
    expect(said).toEqual([{ at: 7, breached: false }])
  })

  it('and so does the wait of the kind itself', () => {
    const kept = new Map()
    run(sustained, { ...LIMIT, forMs: 5 }, commits('-H-', MARKS), kept)
    const read = readConditioned(sustained, rule, {})({ version: 'before', ...kept.get('meter-1') })
    const options = { ...under({ onDelayMs: 2 }), forMs: 5 }
    expect(run(rule, options, rest('-------', 3), new Map([['meter-1', read as never]]))).toEqual([
      { at: 8, breached: true },
    ])
  })

  it('taken away, the kind goes on from its own state', () => {
    const kept = readBare(sustained)(stored('-H---', { onDelayMs: 2 }))
    expect(kept).toMatchObject({ state: { is: 'breached' }, breachedAt: 3 })
    expect(readBare(sustained)(stored('-H', { onDelayMs: 5 }))).toBeUndefined()
  })

  it('a breach that a schedule may end and begin again starts anew', () => {
    expect(readConditioned(sustained, rule, { when: night })(stored('-H-'))).toBeUndefined()
  })
})
