import { describe, expect, it } from 'vitest'
import { boundAlone } from '../../tests/support/bound-alone.ts'
import { commits, drawn, resumedAnywhere, run } from '../../tests/support/pictures.ts'
import { bindRules } from './bind.ts'
import { createEngine } from './engine.ts'
import { expression, expressionKind } from './expression.ts'
import { ruleConfigOf } from './rule-config.ts'

const POINTS = {
  points: {
    flow: { type: 'number' },
    battery: { type: 'number' },
    valve: { type: 'string', oneOf: ['open', 'closed'] },
    'phone-battery': { type: 'number' },
  },
  measuresEveryMs: 1,
}
const bound = (text: string, more: object = {}) =>
  boundAlone(expressionKind, expression, { expression: text, ...more }, {}, POINTS, 'water-meter')
const CLOSED_BUT_FLOWS = 'valve == "closed" && flow > 2'
const MARKS = {
  c: { values: { valve: 'closed', flow: 0 } },
  b: { values: { valve: 'closed', flow: 9 } },
  o: { values: { valve: 'open', flow: 9 } },
  C: { values: { valve: 'closed' } },
  f: { values: { flow: 9 } },
  g: { values: { flow: 1 } },
  v: { values: { volume: 3 } },
  x: { values: { valve: 'closed', flow: 0 }, doubts: { flow: 'bad' as const } },
  n: { values: { flow: Number.NaN } },
}
const told = (picture: string, text = CLOSED_BUT_FLOWS) =>
  drawn(picture.length, run(expression, bound(text), commits(picture, MARKS)))

describe('expression (a value is held for 3 ms)', () => {
  // biome-ignore format: the pictures stay aligned
  it.each([
    ['breaches while it holds',                               'c-bb-o-', '--B--F-'],
    ['by the newest value of each point',                     'Cfg-f-', '-BF---'],
    ['a point never said makes it unknown',                   'f-f-f-', '------'],
    ['one said too long ago does',                            'C----f-', '-------'],
    ['which neither raises nor clears',                       'b----g-', 'B------'],
    ['a bad value neither raises nor clears',                 'bxxx-c', 'B----F'],
    ['and takes the value before it with it',                 'C-x-f-', '----B-'.replace('B', 'B')],
    ['what is no number is no value',                         'bn-n-c', 'B----F'],
    ['other points are not asked',                            'bvvvvv', 'B-----'],
  ])('%s', (_why, picture, wanted) => {
    expect(told(picture)).toBe(wanted)
  })

  it('resumes from a checkpoint at any commit as if it had never stopped', () => {
    const all = commits('cC-f-xg-b-o-vbn-c', MARKS)
    const whole = run(expression, bound(CLOSED_BUT_FLOWS), all)
    expect(whole.length).toBeGreaterThan(3)
    for (const told of resumedAnywhere(expression, bound(CLOSED_BUT_FLOWS), all)) expect(told).toEqual(whole)
  })

  it('says what it held by', () => {
    const options = bound(CLOSED_BUT_FLOWS)
    const reading = { device: 'car-1', at: 5, receivedAt: 5, ...MARKS.b }
    expect(expression.step(expression.start(options, 0).state, { reading }, options).verdict).toEqual({
      breached: true,
      because: {
        code: 'expression-holds',
        figures: { expression: CLOSED_BUT_FLOWS, values: 'valve closed, flow 9' },
      },
    })
  })

  it('a division by zero holds like any number', () => {
    expect(told('c', 'flow / flow > 1')).toBe('-')
  })
})

describe('an expression when it is bound', () => {
  it('knows the points of the profile, with dashes as underscores', () => {
    expect(bound('phone_battery < 20').types).toEqual({ 'phone-battery': 'number' })
  })

  it('knows the change of a number, which `rateOfChange` adds', () => {
    const declared = ruleConfigOf('expression', expressionKind.declared).parse({
      id: 'rise',
      kind: 'expression',
      severity: 'low',
      verifyMs: 1,
      rateOfChange: { point: 'flow' },
      options: { expression: 'flowPerHour > 3 && flow > 0' },
    })
    const place = { institution: 'bureau' }
    const meter = { id: 'meter-1', name: 'Meter', family: 'water-meter' as const, profile: 'a/b', place }
    const site = { id: 's', name: 'S', timeZone: 'UTC', devices: [meter] }
    const parts = { institutions: [], buildings: [], zones: [], routes: [], vehicles: [] }
    const slow = { ...POINTS, measuresEveryMs: 3_600_000 }
    const engine = createEngine(
      bindRules([{ ...declared, fault: 'rise' }], { ...site, ...parts }, () => slow, [expressionKind]),
    )
    const told = [1, 2, 9].flatMap((flow, hour) => {
      const at = hour * 3_600_000
      const records = [{ is: 'reading' as const, device: 'meter-1', at, values: { flow } }]
      return engine
        .take({ offset: hour + 1, receivedAt: at, records })
        .map(({ breached }) => [hour, breached])
    })
    expect(told).toEqual([[2, true]])
    expect(() => bound('valvePerHour > 3')).toThrow('Unknown variable: valvePerHour')
  })

  it.each([
    ['flwo > 3', 'options.expression: Unknown variable: flwo, at character 1'],
    ['flow > 3 && valve > 2', 'no such overload: string > double, at character 13'],
    ['1 + 2 > 2 && valve == 3', 'no such overload: string == double, at character 14'],
    ['flow + 1', 'it says a double, neither true nor false'],
    ['constructor == 1', 'Unknown variable: constructor'],
  ])('%s is refused', (text, wanted) => {
    expect(() => bound(text)).toThrow(wanted)
  })
})

describe('rules.yaml names the place', () => {
  const problem = (text: string) =>
    expressionKind.declared
      .safeParse({ expression: text })
      .error?.issues.map(({ path, message }) => [path.join('.'), message])
  it.each([
    ['flow >', 'Unexpected token: EOF, at character 7'],
    ['flow.matches("(a+)+")', 'matches() cannot be used here, at character 1'],
    ['[1, 2].exists(x, x > flow)', 'exists() cannot be used here, at character 1'],
    ['[1].map(x, x)[0] > 0', '`[]` cannot be used here, at character 1'],
    ['timestamp("2026-01-01T00:00:00Z") > flow', 'timestamp() cannot be used here, at character 1'],
    ['flow.value > 3', '`.` cannot be used here, at character 1'],
    ['{"a": 1} == {}', 'Exceeded maxMapEntries'],
    ['flow == null', 'such a value cannot be used here, at character 9'],
    ['flow == 3u', 'such a value cannot be used here, at character 9'],
    [`${'('.repeat(40)}flow${')'.repeat(40)} > 1`, 'Exceeded maxDepth'],
    [Array.from({ length: 100 }, () => 'a').join('+'), 'Exceeded maxAstNodes'],
    ['a'.repeat(501), 'longer than 500 characters'],
    ['flow > 0x10', 'a number that is not decimal cannot be used here, at character 8'],
  ])('%s', (text, wanted) => {
    expect(problem(text)).toEqual([['expression', expect.stringContaining(wanted)]])
  })
})
