import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Commit, commitOf, type JournalRecord, readingsOf, remarksOf } from '../model/commit.ts'
import type { Device } from '../model/device.ts'
import type { Site } from '../model/site.ts'
import { bindRules } from './bind.ts'
import { createEngine, type RuleVerdict, type StateRow } from './engine.ts'
import { RulesOptions } from './index.ts'

const device = (id: string, family: Device['family']): Device => ({
  id,
  name: id,
  family,
  profile: 'p',
  place: { institution: 'i' },
})

const SITE: Site = {
  id: 's',
  name: 'S',
  timeZone: 'Asia/Shanghai',
  institutions: [],
  buildings: [],
  zones: [],
  routes: [
    {
      id: 'round',
      name: 'Round',
      starts: { everyMinutes: 1 },
      visits: [{ checkpoint: 'post', offsetMinutes: 0 }],
    },
  ],
  vehicles: [],
  devices: [
    device('meter', 'water-meter'),
    device('gate', 'access-control-gate'),
    device('post', 'patrol-checkpoint'),
  ],
}

const FLOW = {
  id: 'flow',
  kind: 'sustained',
  options: { point: 'flow', above: 8, forMs: 5_000, heldMs: 60_000 },
}
const RULES = [
  FLOW,
  {
    id: 'leak',
    kind: 'continuous-flow',
    options: { point: 'flow', forMs: 9_000, intervalMs: 1_000, heldMs: 30_000 },
  },
  { id: 'quiet', kind: 'silent', options: { forMs: 20_000 } },
  { id: 'open', kind: 'door-held-open', options: { openTimeMs: 4_000 } },
  { id: 'forced', kind: 'door-forced', options: {} },
  {
    id: 'patrol',
    kind: 'missed-checkpoint',
    options: { earlyMs: 5_000, missAfterMs: 9_000, repeatMs: 1_000, graceMs: 2_000 },
  },
]

const bound = (rules: readonly object[] = RULES) => {
  const declared = rules.map((rule) => ({ severity: 'low', verifyMs: 1_000, ...rule }))
  return bindRules(RulesOptions.parse({ rules: declared }).rules, SITE, () => undefined)
}

const commit = (second: number, ...records: JournalRecord[]): Commit => ({
  offset: second,
  receivedAt: second * 1_000,
  records,
})
const says = (device: string, second: number, values: Record<string, string | number>): JournalRecord => ({
  is: 'reading',
  device,
  at: second * 1_000,
  values,
})
const told = (verdicts: readonly RuleVerdict[]) =>
  verdicts.map(({ rule, at, breached }) => `${at / 1_000} ${rule} ${breached ? 'breached' : 'fine'}`)

it.each([0, 1_023, 1_024, 5_000])(
  'a commit of %d readings and a last one is taken as a whole: only then is woken what is due',
  (readings) => {
    const opened = commit(9_990, says('gate', 9_990, { door: 'open' }))
    const gap = { is: 'gap', source: 'gateway', from: 0, to: 1_000, reason: '' } as const
    const flows = Array.from({ length: readings }, (_, n) =>
      says('meter', n + 1, { flow: n % 700 < 600 ? 9 : 0 }),
    )
    const whole = commit(10_000, gap, ...flows, says('gate', 9_993, { door: 'closed' }))
    const atHand = { readings: readingsOf(whole), remarks: remarksOf(whole) }
    const [inPieces, atOnce] = [createEngine(bound()), createEngine(bound())]
    for (const engine of [inPieces, atOnce]) engine.take(opened)
    const verdicts = inPieces.take(whole)
    expect(verdicts).toEqual(atOnce.take(commitOf({ ...whole }, atHand)))
    expect(inPieces.changedStates()).toEqual(atOnce.changedStates())
    expect(told(verdicts)).not.toContainEqual(expect.stringContaining('open'))
    expect(told(verdicts).some((said) => said.includes('flow breached'))).toBe(readings > 0)
  },
)

/** The checkpoint as a store would hold it. */
function store() {
  const rows = new Map<string, string>()
  return {
    write(changed: readonly StateRow[]) {
      for (const row of changed) {
        const key = `${row.rule}/${row.subject}`
        if (row.kept === null) rows.delete(key)
        else rows.set(key, JSON.stringify(row))
      }
    },
    read: (): StateRow[] => [...rows.values()].map((row) => JSON.parse(row)),
    size: () => rows.size,
  }
}

const anyRecord = (second: number) =>
  fc.oneof(
    fc.constantFrom(2, 9).map((flow) => says('meter', second, { flow })),
    fc.nat(3).map((ago) => says('meter', second - ago, { flow: 9 })),
    fc.constantFrom('open', 'closed').map((door) => says('gate', second, { door })),
    fc.constant(says('gate', second, { access: 'granted' })),
    fc.constant(says('post', second, { tag: 'T' })),
  )

const anyRun = fc
  .array(fc.tuple(fc.constantFrom(1, 1, 1, 4, 15), fc.integer({ min: 0, max: 2 })), {
    minLength: 5,
    maxLength: 40,
  })
  .chain((beats) => {
    let second = 0
    return fc.tuple(
      ...beats.map(([wait, records]) => {
        const from = second
        second += wait
        const now = second
        const away: JournalRecord = {
          is: 'gap',
          source: 'gateway',
          reason: 'was away',
          from: from * 1_000,
          to: now * 1_000,
        }
        return fc
          .array(anyRecord(now), { minLength: records, maxLength: records })
          .map((said) => commit(now, ...(wait > 4 ? [away] : []), ...said))
      }),
    )
  })

describe('the engine', () => {
  it('gives back the verdicts of a commit, rule by rule', () => {
    const engine = createEngine(bound())
    expect(
      told(engine.take(commit(1, says('meter', 1, { flow: 9 }), says('gate', 1, { door: 'closed' })))),
    ).toEqual([])
    expect(told(engine.take(commit(2, says('gate', 2, { door: 'open' }))))).toEqual(['2 forced breached'])
    expect(told(engine.take(commit(6)))).toEqual(['6 flow breached', '6 open breached'])
    expect(engine.counts).toEqual({
      subjects: 10,
      lateReadings: 0,
      setBackReadings: 0,
      verdicts: 3,
      parkings: 0,
    })
  })

  it('does not show late readings to the rules, also after a restart', () => {
    const kept = store()
    const engine = createEngine(bound([FLOW]))
    engine.take(commit(10, says('meter', 10, { flow: 1 })))
    engine.take(commit(11, says('meter', 2, { flow: 9 })))
    expect(engine.counts.lateReadings).toBe(1)
    kept.write(engine.changedStates())
    const next = createEngine(bound([FLOW]), kept.read())
    next.take(commit(12, says('meter', 3, { flow: 9 })))
    expect(next.counts.lateReadings).toBe(1)
    expect(next.take(commit(60))).toEqual([])
  })

  it.each([
    ['', {}],
    [' by a rule that began after the time that it says', { when: { from: '13:20', to: '20:00' } }],
  ])('whoever speaks is not silent though its clock was set back, and that is told%s', (_how, common) => {
    const skewed = { id: 'skewed', kind: 'clock-skew', options: { aboveMs: 60_000, arrivals: 3 }, ...common }
    const quiet = { id: 'quiet', kind: 'silent', options: { forMs: 400_000 } }
    const kept = store()
    let engine = createEngine(bound([quiet, skewed, FLOW]))
    const verdicts: string[] = []
    let setBack = 0
    for (let now = 20_000; now < 23_000; now += 100) {
      // Right at first, then an hour behind: older than what it has said before.
      const at = now < 20_500 ? now : now - 3_600
      const others = ['gate', 'post'].map((id) => says(id, now, { battery: 3 }))
      verdicts.push(...told(engine.take(commit(now, says('meter', at, { flow: 9 }), ...others))))
      kept.write(engine.changedStates())
      setBack += engine.counts.setBackReadings
      engine = createEngine(bound([quiet, skewed, FLOW]), kept.read())
    }
    expect(verdicts).toEqual(['20005 flow breached', '20800 skewed breached'])
    expect(setBack).toBe(24)
  })

  it.each([
    ['bare', {}],
    ['with common options', { offDelayMs: 1_000 }],
  ])(
    'a rule of silence, %s, ends when a device is heard whose clock was set back meanwhile',
    (_how, common) => {
      const quiet = { id: 'quiet', kind: 'silent', options: { forMs: 400_000 }, ...common }
      const engine = createEngine(bound([quiet]))
      const verdicts: string[] = []
      for (let now = 20_000; now < 22_000; now += 100) {
        const others = ['gate', 'post'].map((id) => says(id, now, { battery: 3 }))
        const speaks = now === 20_000 ? [says('meter', now, { flow: 9 })] : []
        const setBack = now >= 21_000 ? [says('meter', now - 3_600, { flow: 9 })] : []
        verdicts.push(...told(engine.take(commit(now, ...speaks, ...setBack, ...others))))
      }
      expect(verdicts).toEqual([
        '20400 quiet breached',
        `${'offDelayMs' in common ? 21101 : 21100} quiet fine`,
      ])
    },
  )

  it('what a broker delivers again, however often, is not the device speaking', () => {
    const engine = createEngine(bound([{ id: 'quiet', kind: 'silent', options: { forMs: 400_000 } }]))
    const verdicts: string[] = []
    for (let now = 20_000; now < 23_000; now += 100) {
      const others = ['gate', 'post'].map((id) => says(id, now, { battery: 3 }))
      const again = [0, 100, 200].map((second) => says('meter', 20_000 + second, { flow: 9 }))
      verdicts.push(...told(engine.take(commit(now, ...(now < 20_400 ? [] : again), ...others))))
      if (now < 20_400) engine.take(commit(now, says('meter', now, { flow: 9 })))
    }
    expect(verdicts).toEqual(['20700 quiet breached'])
    expect(engine.counts.setBackReadings).toBe(0)
  })

  it('a door whose controller is 90 s ahead stood open as long as it says, though closed before our clock came there', () => {
    const engine = createEngine(
      bound([{ id: 'open', kind: 'door-held-open', options: { openTimeMs: 30_000 } }]),
    )
    const verdicts = [
      ...engine.take(commit(10, says('gate', 100, { door: 'open' }))),
      ...engine.take(commit(30, says('gate', 120, { door: 'closed' }))),
      ...engine.take(commit(40, says('gate', 130, { door: 'open' }))),
      ...engine.take(commit(100, says('gate', 190, { door: 'closed' }))),
    ]
    expect(told(verdicts)).toEqual(['100 open breached', '100 open fine'])
  })

  it('the clock of another device that runs ahead ends no wait', () => {
    const site = {
      ...SITE,
      devices: ['gate', 'panel'].map((id) => ({
        ...device(id, 'access-control-gate'),
        place: { institution: 'i', building: 'b' },
      })),
    }
    const rule = { id: 'open', kind: 'door-held-open', severity: 'low', verifyMs: 1, options: {} }
    const engine = createEngine(bindRules(RulesOptions.parse({ rules: [rule] }).rules, site, () => undefined))
    const verdicts = [
      ...engine.take(commit(10, says('gate', 10, { door: 'open' }))),
      ...engine.take(commit(20, { ...says('panel', 110, {}), values: { fire: false } } as JournalRecord)),
      ...engine.take(commit(25, says('gate', 25, { door: 'closed' }))),
    ]
    expect(told(verdicts)).toEqual([])
  })

  it('nor is the newest of all that it said, delivered again and again; a clock does not go wrong by it', () => {
    const skewed = { id: 'skewed', kind: 'clock-skew', options: { aboveMs: 60_000, arrivals: 3 } }
    const quiet = { id: 'quiet', kind: 'silent', options: { forMs: 400_000 } }
    const engine = createEngine(bound([quiet, skewed]))
    const verdicts: string[] = []
    for (let now = 20_000; now < 23_000; now += 100) {
      const others = ['gate', 'post'].map((id) => says(id, now, { battery: 3 }))
      const newest = says('meter', 20_000, { flow: 9 })
      verdicts.push(...told(engine.take(commit(now, newest, ...others))))
    }
    expect(verdicts).toEqual(['20400 quiet breached'])
  })

  it('two samples of one instant are both judged: only who speaks is not asked twice', () => {
    const engine = createEngine(bound([{ id: 'forced', kind: 'door-forced', options: {} }]))
    const samples = ['closed', 'open'].map((door) => says('gate', 10, { door }))
    expect(told(engine.take(commit(10, ...samples)))).toEqual(['10 forced breached'])
  })

  it('resumed from the rows of a checkpoint at any commit it goes on as if it had never stopped', () => {
    fc.assert(
      fc.property(anyRun, fc.nat(), (run, at) => {
        const whole = createEngine(bound())
        const wanted = run.flatMap((one) => whole.take(one))
        const cut = at % run.length
        const kept = store()
        const before = createEngine(bound())
        const first = run.slice(0, cut).flatMap((one) => {
          const verdicts = before.take(one)
          kept.write(before.changedStates())
          return verdicts
        })
        const after = createEngine(bound(), kept.read())
        expect([...first, ...run.slice(cut).flatMap((one) => after.take(one))]).toEqual(wanted)
      }),
    )
  })

  it('tells nobody of a clear before its raise, nor of two raises without a clear between', () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        const engine = createEngine(bound())
        const raised = new Map<string, number>()
        for (const { rule, subject, at, breached } of run.flatMap((one) => engine.take(one))) {
          const key = `${rule}/${subject}`
          expect(raised.has(key)).toBe(!breached)
          if (breached) raised.set(key, at)
          else expect(at).toBeGreaterThanOrEqual(raised.get(key) ?? 0)
          if (!breached) raised.delete(key)
        }
      }),
    )
  })

  it('writes down only what changed', () => {
    const engine = createEngine(bound())
    engine.take(commit(1))
    expect(engine.changedStates()).toHaveLength(10)
    engine.take(commit(2))
    expect(engine.changedStates()).toEqual([])
    engine.take(commit(3, says('post', 3, { tag: 'T' })))
    expect(engine.changedStates().map(({ rule, subject }) => `${rule} ${subject}`)).toEqual([
      'quiet post',
      'patrol round/post',
      '@newest post',
    ])
  })
})

describe('when rules change', () => {
  const breached = () => {
    const kept = store()
    const engine = createEngine(bound([FLOW]))
    engine.take(commit(1, says('meter', 1, { flow: 9 })))
    engine.take(commit(4))
    kept.write(engine.changedStates())
    return { engine, kept }
  }

  it('a state that still parses is carried over and judged by the new options at once', () => {
    const { kept } = breached()
    const shorter = { ...FLOW, options: { ...FLOW.options, forMs: 2_000 } }
    expect(told(createEngine(bound([shorter]), kept.read()).take(commit(5)))).toEqual(['5 flow breached'])
    const longer = createEngine(bound([{ ...FLOW, options: { ...FLOW.options, forMs: 8_000 } }]), kept.read())
    expect(told(longer.take(commit(7)))).toEqual([])
    expect(told(longer.take(commit(9)))).toEqual(['9 flow breached'])
  })

  it.each([
    ['a rule that is gone', []],
    ['a rule of another kind', [{ id: 'flow', kind: 'silent', options: { forMs: 90_000 } }]],
    ['a device that left its scope', [{ ...FLOW, scope: { exceptDevices: ['meter'] } }]],
  ])('%s ends its breaches, and its rows go', (_why, rules) => {
    const { engine, kept } = breached()
    expect(told(engine.take(commit(6)))).toEqual(['6 flow breached'])
    kept.write(engine.changedStates())
    const next = createEngine(bound(rules), kept.read())
    const [verdict, ...others] = next.take(commit(7))
    expect(others).toEqual([])
    expect(verdict).toMatchObject({
      rule: 'flow',
      subject: 'meter',
      at: 7_000,
      breached: false,
      because: { code: 'judged-anew' },
    })
    kept.write(next.changedStates())
    expect(kept.read().filter(({ rule, subject }) => rule === 'flow' && subject === 'meter').length).toBe(
      rules.some(({ kind }) => kind === 'silent') ? 1 : 0,
    )
    expect(createEngine(bound(rules), kept.read()).take(commit(8))).toEqual([])
  })
})
