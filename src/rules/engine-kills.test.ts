/**
 * Whatever kills the gateway, and however often: what it decides is what it would have decided. Random rules,
 * readings, gaps and links.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Commit, JournalRecord } from '../model/commit.ts'
import type { Device, Family } from '../model/device.ts'
import type { Site } from '../model/site.ts'
import { bindRules } from './bind.ts'
import { createEngine, type RuleVerdict, type StateRow } from './engine.ts'
import { RULE_KINDS, RulesOptions } from './index.ts'

const device = (id: string, family: Family, source?: string): Device => ({
  id,
  name: id,
  family,
  profile: 'p',
  place: { institution: 'i' },
  ...(source !== undefined && { source }),
})
const METERS = ['near', 'far', 'wide']
const GATES = ['gate', 'far-gate']
const DEVICES = [
  device('near', 'water-meter'),
  device('far', 'water-meter', 'server'),
  device('wide', 'water-meter', 'broker'),
  device('gate', 'access-control-gate'),
  device('far-gate', 'access-control-gate', 'server'),
  device('post', 'patrol-checkpoint', 'broker'),
]
const visits = [{ checkpoint: 'post', offsetMinutes: 0 }]
const SITE: Site = {
  id: 's',
  name: 'S',
  timeZone: 'Asia/Shanghai',
  devices: DEVICES,
  institutions: [],
  buildings: [],
  zones: [],
  vehicles: [],
  routes: [{ id: 'round', name: 'Round', starts: { everyMinutes: 1 }, visits }],
}

const ms = (min: number, max: number) => fc.integer({ min, max }).map((seconds) => seconds * 1_000)
const rule = (id: string, kind: string, options: Record<string, fc.Arbitrary<unknown>>, more: object = {}) =>
  fc.record(options).map((given) => ({ id, kind, severity: 'low', verifyMs: 1_000, ...more, options: given }))

const anyRules = fc
  .tuple(
    rule('flow', 'sustained', {
      point: fc.constant('flow'),
      above: fc.constantFrom(1, 8),
      forMs: ms(0, 8),
      heldMs: ms(5, 60),
    }),
    rule(
      'delayed',
      'sustained',
      { point: fc.constant('flow'), above: fc.constant(3), forMs: ms(0, 2), heldMs: ms(5, 60) },
      { onDelayMs: 3_000, offDelayMs: 2_000 },
    ),
    rule('leak', 'continuous-flow', {
      point: fc.constant('flow'),
      forMs: ms(4, 12),
      intervalMs: ms(1, 3),
      heldMs: ms(10, 30),
    }),
    rule('quiet', 'silent', { forMs: ms(3, 25) }),
    rule('soon-quiet', 'silent', { forMs: ms(2, 6) }),
    rule('open', 'door-held-open', { openTimeMs: ms(1, 8) }),
    rule('forced', 'door-forced', {}),
    rule('patrol', 'missed-checkpoint', {
      earlyMs: ms(1, 6),
      missAfterMs: ms(2, 10),
      repeatMs: ms(1, 2),
      graceMs: ms(1, 4),
    }),
  )
  .chain((all) => fc.subarray(all, { minLength: 1 }))

const bound = (rules: readonly object[]) =>
  bindRules(RulesOptions.parse({ rules }).rules, SITE, () => undefined)

const says = (device: string, second: number, values: Record<string, string | number>): JournalRecord => ({
  is: 'reading',
  device,
  at: second * 1_000,
  values,
})
const gap = (source: string, from: number, to: number, device?: string): JournalRecord => ({
  is: 'gap',
  source,
  from: Math.max(0, from) * 1_000,
  to: to * 1_000,
  reason: 'unheard',
  ...(device !== undefined && { device }),
})

const anyRecord = (now: number): fc.Arbitrary<JournalRecord> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom(...METERS), fc.constantFrom(0, 2, 9))
        .map(([id, flow]) => says(id, now, { flow })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...METERS, ...GATES), fc.nat(4))
        .map(([id, ago]) => says(id, now - ago, id.includes('gate') ? { door: 'open' } : { flow: 9 })),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom(...GATES), fc.constantFrom('open', 'closed'))
        .map(([id, door]) => says(id, now, { door })),
    },
    { weight: 1, arbitrary: fc.constantFrom(...GATES).map((id) => says(id, now, { access: 'granted' })) },
    { weight: 1, arbitrary: fc.constant(says('post', now, { tag: 'T' })) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.constantFrom('server', 'broker'),
          fc.constantFrom('up', 'up', 'down', 'connecting', 'refused'),
        )
        .map(([source, state]): JournalRecord => ({ is: 'link', source, state: state as 'up' })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('server', 'broker'), fc.nat(9))
        .map(([source, back]) => gap(source, now - back, now)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...DEVICES), fc.nat(9))
        .map(([{ id, source = 'mqtt' }, back]) => gap(source, now - back, now, id)),
    },
  )

/** Idle stretches are empty commits, the gateway's absences are gaps. */
const anyRun = fc
  .array(fc.tuple(fc.constantFrom(1, 1, 1, 4, 15), fc.nat(3)), { minLength: 5, maxLength: 40 })
  .chain((beats) => {
    let now = 0
    return fc.tuple(
      ...beats.map(([wait, records], index): fc.Arbitrary<Commit> => {
        const from = now
        now += wait
        const second = now
        const away = wait > 4 ? [gap('gateway', from, second)] : []
        return fc
          .array(anyRecord(second), { minLength: records, maxLength: records })
          .map((said) => ({ offset: index + 1, receivedAt: second * 1_000, records: [...away, ...said] }))
      }),
    )
  })

/**
 * The run with a kill behind each commit of `kills`, and states written only behind those of `checkpoints`:
 * each start replays, muted, to what was told already.
 */
function survived(
  rules: readonly object[],
  run: readonly Commit[],
  kills: readonly number[],
  checkpoints: readonly number[],
): RuleVerdict[] {
  const rows = new Map<string, string>()
  const told: RuleVerdict[] = []
  let [statesTo, effectsTo] = [0, 0]
  for (const kill of [...kills.toSorted((a, b) => a - b), run.length]) {
    const stored = [...rows.values()].map((row): StateRow => JSON.parse(row))
    const engine = createEngine(bound(rules), stored)
    for (const commit of run.slice(statesTo, kill)) {
      const verdicts = engine.take(commit)
      if (commit.offset > effectsTo) told.push(...verdicts)
      effectsTo = Math.max(effectsTo, commit.offset)
      if (!checkpoints.includes(commit.offset)) continue
      for (const row of engine.changedStates()) {
        if (row.kept === null) rows.delete(`${row.rule} ${row.subject}`)
        else rows.set(`${row.rule} ${row.subject}`, JSON.stringify(row))
      }
      statesTo = commit.offset
    }
  }
  return told
}

it('killed at any commits, and started from its last states each time, it decides what it would have decided', () => {
  const places = fc.array(fc.nat(40), { maxLength: 6 })
  fc.assert(
    fc.property(anyRules, anyRun, places, places, (rules, run, kills, checkpoints) => {
      expect(
        survived(
          rules,
          run,
          kills.map((kill) => kill % run.length),
          checkpoints,
        ),
      ).toEqual(survived(rules, run, [], []))
    }),
    { numRuns: 300 },
  )
})

it('what is delivered again within a commit, or after newer readings, decides nothing', () => {
  fc.assert(
    fc.property(anyRules, anyRun, fc.array(fc.nat(200), { maxLength: 20 }), (rules, run, again) => {
      const newest = new Map<string, number>()
      const passed: JournalRecord[] = []
      const repeated = run.map((commit) => {
        const readings = commit.records.filter((record) => record.is === 'reading')
        for (const { device, at } of readings) newest.set(device, Math.max(at, newest.get(device) ?? at))
        const old = again.flatMap((place) => {
          const record = passed[place]
          return record?.is === 'reading' && record.at < (newest.get(record.device) ?? record.at)
            ? [record]
            : []
        })
        // Through a source that is away a repeat would tell that it is heard.
        passed.push(...readings.filter(({ device }) => ['near', 'gate'].includes(device)))
        return {
          ...commit,
          records: [
            ...commit.records.flatMap((one): JournalRecord[] => (one.is === 'reading' ? [one, one] : [one])),
            ...old,
          ],
        }
      })
      const decided = (verdicts: readonly RuleVerdict[]) =>
        verdicts.map(({ rule, subject, at, breached, because }) => ({ rule, subject, at, breached, because }))
      expect(decided(survived(rules, repeated, [], []))).toEqual(decided(survived(rules, run, [], [])))
    }),
    { numRuns: 200 },
  )
})

it('every breach can be reached again from its grounds alone', () => {
  let breaches = 0
  fc.assert(
    fc.property(anyRules, anyRun, fc.nat(40), (rules, run, checkpoint) => {
      const judging = new Map(bound(rules).map((rule) => [rule.config.id, rule]))
      for (const verdict of survived(rules, run, [checkpoint % run.length], [checkpoint])) {
        if (!verdict.breached) {
          expect(verdict).not.toHaveProperty('grounds')
          continue
        }
        breaches++
        const judged = judging.get(verdict.rule) ?? expect.unreachable()
        const kind = RULE_KINDS.find(({ kind }) => kind === judged.config.kind) ?? expect.unreachable()
        const alone = kind.lone(judged.subjects.get(verdict.subject)?.options)
        const grounds = JSON.parse(JSON.stringify(verdict.grounds))
        expect(alone.decide(grounds)).toMatchObject({ breached: true, because: verdict.because })
      }
    }),
  )
  expect(breaches).toBeGreaterThan(50)
})
