import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BARE_SITE } from '../../tests/support/bare-site.ts'
import { type HandClock, handClock } from '../../tests/support/hand-clock.ts'
import { type OperationsFolder, operationsFolder } from '../../tests/support/operations.ts'
import { type ScriptedJournal, scriptedJournal } from '../../tests/support/scripted-journal.ts'
import type { Commit, JournalRecord } from '../model/commit.ts'
import type { Device } from '../model/device.ts'
import { SILENT_LOG } from '../model/log.ts'
import type { Site } from '../model/site.ts'
import type { Operations } from '../operations/operations.ts'
import { bindRules } from '../rules/bind.ts'
import { RulesOptions } from '../rules/index.ts'
import { type Alarms, startAlarms } from './alarms.ts'

const T0 = Date.UTC(2026, 0, 5)
const STEP_MS = 700
const PAGE = { limit: 1_000 }

const device = (id: string, family: Device['family']): Device => ({
  id,
  name: id,
  family,
  profile: 'p',
  place: { institution: 'school' },
})
const SITE: Site = {
  ...BARE_SITE,
  devices: [device('meter', 'water-meter'), device('gate', 'access-control-gate')],
}
const flow = (options: object = {}, more: object = {}) => ({
  id: 'burst',
  kind: 'sustained',
  severity: 'high',
  verifyMs: 2_800,
  ...more,
  options: { point: 'flow', above: 8, clearBelow: 7, forMs: 1_400, heldMs: 60_000, ...options },
})
const OPEN = {
  id: 'held-open',
  kind: 'door-held-open',
  severity: 'low',
  verifyMs: 1_400,
  options: { openTimeMs: 2_000 },
}
const QUIET = { id: 'quiet', kind: 'silent', severity: 'medium', verifyMs: 1_400, options: { forMs: 3_000 } }

const bound = (rules: readonly object[]) =>
  bindRules(RulesOptions.parse({ rules }).rules, SITE, () => undefined)

const atOf = (offset: number) => T0 + offset * STEP_MS
type Say = (offset: number) => JournalRecord
const says =
  (id: string, values: Record<string, string | number>): Say =>
  (offset) => ({ is: 'reading', device: id, at: atOf(offset), values })
const [HOT, WARM, COOL] = [9, 7.5, 1].map((value) => says('meter', { flow: value })) as [Say, Say, Say]
const [AJAR, SHUT] = ['open', 'closed'].map((door) => says('gate', { door })) as [Say, Say]

const commitsOf = (beats: readonly (readonly Say[])[]): Commit[] =>
  beats.map((records, i) => {
    const offset = i + 1
    return { offset, receivedAt: atOf(offset), records: records.map((record) => record(offset)) }
  })

function beat(journal: ScriptedJournal, clock: HandClock): number {
  const offset = journal.head.offset + 1
  clock.pass(atOf(offset) - clock.now())
  journal.release(offset)
  return offset
}

const start = (
  operations: Pick<Operations, 'desk' | 'checkpoints'>,
  journal: ScriptedJournal,
  clock: HandClock,
  rules: readonly object[],
) =>
  startAlarms({
    operations,
    journal,
    clock,
    log: SILENT_LOG,
    rules: bound(rules),
    history: { reached: async () => {}, readings: async () => [] },
    placeOf: () => ({ institution: 'school' }),
  })

/** Asks, and lets the next commit out, before which the answer falls. */
async function exchange(alarms: Alarms, rules: readonly object[], next: () => number): Promise<void> {
  const answered = alarms.exchange({ rules: bound(rules), record: async () => {} })
  const offset = next()
  await answered
  await alarms.reached(offset)
}

async function plant(beats: readonly (readonly Say[])[], rules: readonly object[]) {
  const folder: OperationsFolder = await operationsFolder()
  const clock = handClock(T0)
  const journal = scriptedJournal(commitsOf(beats))
  const operations = await folder.open(clock)
  const alarms = await start(operations, journal, clock, rules)
  const told: string[] = []
  operations.events.onEvent((events) => told.push(...events.map(({ kind }) => kind)))
  const next = () => beat(journal, clock)
  return {
    alarms,
    operations,
    told,
    clock,
    async run(count: number) {
      for (let i = 0; i < count; i++) await alarms.reached(next())
    },
    exchange: (other: readonly object[]) => exchange(alarms, other, next),
    async [Symbol.asyncDispose]() {
      await alarms[Symbol.asyncDispose]()
      await operations[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

describe('rules that are exchanged while they run', () => {
  it('a breach that the new rule still sees goes on as it is', async () => {
    await using it = await plant([[HOT], [HOT], [HOT], [HOT], [COOL]], [flow()])
    await it.run(3)
    await it.exchange([flow({ clearBelow: 5 }, { severity: 'critical' })])
    expect(it.told).toEqual(['alarm.raised', 'order.created'])
    await it.run(1)
    expect(it.told).toEqual(['alarm.raised', 'order.created', 'alarm.cleared'])
  })

  it('a rule that goes takes its alarms along, and a new one begins', async () => {
    await using it = await plant([[HOT], [HOT], [HOT], [AJAR], [], [], []], [flow()])
    await it.run(3)
    await it.exchange([OPEN])
    await it.run(3)
    expect((await it.operations.alarms.list(PAGE)).items).toMatchObject([
      { rule: 'held-open', state: 'active-unacknowledged' },
      { rule: 'burst', state: 'cleared-unacknowledged', clearedAt: atOf(4) },
    ])
    expect(it.alarms.engine.rules.map(({ config }) => config.id)).toEqual(['held-open'])
  })

  it('a delay that is added keeps the running breach, and holds its clear back', async () => {
    const beats = [[HOT], [HOT], [HOT], [HOT], [COOL], [COOL], [COOL], [COOL]]
    await using it = await plant(beats, [flow()])
    await it.run(3)
    await it.exchange([flow({}, { offDelayMs: 1_400 })])
    await it.run(2)
    expect(it.told).not.toContain('alarm.cleared')
    await it.run(1)
    expect((await it.operations.alarms.list(PAGE)).items).toMatchObject([{ clearedAt: atOf(5) + 1_400 }])
  })

  it('where it cannot be recorded, or the states cannot be written, the old rules stay', async () => {
    await using it = await plant([[HOT], [HOT], [HOT], [HOT]], [flow()])
    await it.run(1)
    const refused = it.alarms.exchange({
      rules: bound([OPEN]),
      record: () => Promise.reject(new Error('no room')),
    })
    const expected = expect(refused).rejects.toThrow('no room')
    await it.run(1)
    await expected
    expect(it.alarms.engine.rules.map(({ config }) => config.id)).toEqual(['burst'])
    await it.run(1)
    expect(it.told).toEqual(['alarm.raised', 'order.created'])
  })

  it('where the rules do not get to it in time, it is refused', async () => {
    await using it = await plant([[HOT]], [flow()])
    const refused = it.alarms.exchange({ rules: bound([OPEN]), record: async () => {} })
    const expected = expect(refused).rejects.toMatchObject({ code: 'rules-busy' })
    it.clock.pass(30_000)
    await expected
  })

  it('one that waits when the gateway stops is refused', async () => {
    const it = await plant([[HOT]], [flow()])
    const refused = it.alarms.exchange({ rules: bound([OPEN]), record: async () => {} })
    const expected = expect(refused).rejects.toMatchObject({ code: 'rules-busy' })
    await it[Symbol.asyncDispose]()
    await expected
    await expect(it.alarms.exchange({ rules: [], record: async () => {} })).rejects.toThrow('do not run')
  })
})

describe('at whatever commit the rules are exchanged', () => {
  const SETS = [
    [flow(), OPEN, QUIET],
    [flow({ clearBelow: 8 }), OPEN],
    [flow({ forMs: 700 }, { onDelayMs: 700 }), QUIET],
    [flow({}, { offDelayMs: 1_400, severity: 'low' }), { ...OPEN, confirm: { times: 1, of: 1 } }, QUIET],
    [OPEN],
  ]
  const Beat = fc.constantFrom<readonly Say[]>([HOT], [HOT], [WARM], [COOL], [AJAR], [SHUT], [], [HOT, AJAR])
  const Plan = fc.record({
    beats: fc.array(Beat, { minLength: 6, maxLength: 14 }),
    from: fc.constantFrom(...SETS),
    to: fc.constantFrom(...SETS),
    /** As shares of the run. */
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    killedAt: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  type Plan = typeof Plan extends fc.Arbitrary<infer T> ? T : never

  async function books({ events, alarms, orders }: Operations): Promise<string> {
    const told = (await events.after(0, 10_000)).map(({ id: _id, at: _at, ...event }) => event)
    const all = (await alarms.list({ ...PAGE, state: 'all' })).items.toSorted(
      (a, b) => a.raisedAt - b.raisedAt || a.rule.localeCompare(b.rule),
    )
    const ids = new Map<string, string>()
    return JSON.stringify({ told, all, orders: (await orders.list(PAGE)).items }, undefined, 1).replace(
      /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
      (id) => {
        if (!ids.has(id)) ids.set(id, `#${ids.size}`)
        return ids.get(id) as string
      },
    )
  }

  async function play(
    { beats, from, to, ...plan }: Plan,
    how: 'restarted' | 'exchanged' | 'exchanged, then killed',
  ): Promise<string> {
    await using folder = await operationsFolder()
    const clock = handClock(T0)
    const journal = scriptedJournal(commitsOf(beats))
    const changeAfter = 1 + Math.floor(plan.at * (beats.length - 2))
    const killedAfter = changeAfter + 1 + Math.floor(plan.killedAt * (beats.length - changeAfter - 2))
    const next = () => beat(journal, clock)
    /**
     * From now on nothing more is written of the rules' states, as in a process that is killed before its
     * next checkpoint.
     */
    let dead = false
    const life = async (rules: readonly object[], live: (alarms: Alarms) => Promise<void>) => {
      await using operations = await folder.open(clock)
      const { checkpoints } = operations
      const mortal = {
        desk: operations.desk,
        checkpoints: {
          ...checkpoints,
          saveRuleStates: (...args: Parameters<typeof checkpoints.saveRuleStates>) =>
            dead ? Promise.reject(new Error('cut off')) : checkpoints.saveRuleStates(...args),
        },
      }
      await using alarms = await start(mortal, journal, clock, rules)
      await live(alarms)
    }
    const until = async (alarms: Alarms, offset: number) => {
      while (journal.head.offset < offset) await alarms.reached(next())
    }
    if (how === 'restarted') {
      await life(from, (alarms) => until(alarms, changeAfter))
      await life(to, (alarms) => until(alarms, beats.length))
    } else {
      const end = how === 'exchanged' ? beats.length : killedAfter
      await life(from, async (alarms) => {
        await until(alarms, changeAfter)
        await exchange(alarms, to, next)
        dead = how === 'exchanged, then killed'
        await until(alarms, end)
      })
      dead = false
      await life(to, (alarms) => until(alarms, beats.length))
    }
    await using operations = await folder.open(clock)
    return await books(operations)
  }

  it('the books are those of a gateway that was stopped and started with the new rules, killed or not', async () => {
    await fc.assert(
      fc.asyncProperty(Plan, async (plan) => {
        const restarted = await play(plan, 'restarted')
        expect(await play(plan, 'exchanged')).toBe(restarted)
        expect(await play(plan, 'exchanged, then killed')).toBe(restarted)
      }),
      { numRuns: 15 },
    )
  })
})

it('warns at a start of rules that judge nobody, which a misspelt point makes', async () => {
  const clock = handClock(T0)
  await using folder = await operationsFolder()
  await using operations = await folder.open(clock)
  const warned: object[] = []
  const log = { ...SILENT_LOG, warn: (figures: object) => warned.push(figures) }
  const rules = bindRules(
    RulesOptions.parse({ rules: [flow({ point: 'flwo' }), QUIET] }).rules,
    SITE,
    () => ({
      points: { flow: {} },
    }),
  )
  const history = { reached: async () => {}, readings: async () => [] }
  const placeOf = () => ({ institution: 'school' })
  await using _ = await startAlarms({
    journal: scriptedJournal([]),
    rules,
    operations,
    history,
    placeOf,
    clock,
    log,
  })
  expect(warned).toEqual([{ rule: 'burst', because: expect.stringContaining('judges by: flwo') }])
})
