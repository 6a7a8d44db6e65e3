import { describe, expect, it } from 'vitest'
import { type HandClock, handClock } from '../../tests/support/hand-clock.ts'
import { operationsFor } from '../../tests/support/operations.ts'
import { type ScriptedJournal, scriptedJournal } from '../../tests/support/scripted-journal.ts'
import { kinshipOf } from '../alarms/kinship.ts'
import { AlarmsOptions } from '../alarms/options.ts'
import type { JournalRecord, LinkState } from '../model/commit.ts'
import type { Device, Place } from '../model/device.ts'
import { SILENT_LOG } from '../model/log.ts'
import { bindRules } from '../rules/bind.ts'
import { RulesOptions } from '../rules/index.ts'
import { type AlarmsParts, startAlarms } from './alarms.ts'
import { watchedSources } from './source-alarms.ts'

const T0 = Date.UTC(2026, 0, 5)
const STEP_MS = 700
const PAGE = { limit: 100 }

const meter = (id: string, more: Partial<Device> = {}): Device => {
  const place = { institution: 'school', building: 'east' }
  return { id, name: id, family: 'water-meter', profile: 'p', place, ...more }
}
const SITE = {
  id: 's',
  name: 'S',
  timeZone: 'Asia/Shanghai',
  institutions: [
    { id: 'bureau', name: 'Bureau', type: 'office' as const, headCount: 1, areaM2: 1 },
    { id: 'school', name: 'School', type: 'school' as const, headCount: 1, areaM2: 1 },
  ],
  buildings: [],
  zones: [],
  routes: [],
  vehicles: [],
  devices: [meter('meter', { parent: 'near' }), meter('near', { source: 'plant' })],
}
const KIN = kinshipOf(SITE.devices)
const ALARMS = AlarmsOptions.parse({ sources: { downMs: 2_000 }, parents: { settleMs: 1_400 } })
const QUIETLY = { kin: KIN, alarms: ALARMS }
const QUIET = { id: 'quiet', kind: 'silent', severity: 'medium', verifyMs: 1_400, options: { forMs: 6_000 } }
const SOURCES = {
  sources: watchedSources([{ name: 'plant' }], SITE),
  options: ALARMS,
  isParent: (subject: string) => KIN.childrenOf(subject).length > 0,
}

const atOf = (offset: number) => T0 + offset * STEP_MS
const link = (state: LinkState) => () => ({ is: 'link', source: 'plant', state }) satisfies JournalRecord
const [DOWN, UP] = [link('down'), link('up')]
const says = (device: string) => (offset: number) =>
  ({ is: 'reading', device, at: atOf(offset), values: { flow: 1 } }) satisfies JournalRecord

const commitsOf = (beats: readonly (readonly ((offset: number) => JournalRecord)[])[]) =>
  beats.map((records, i) => {
    const offset = i + 1
    return { offset, receivedAt: atOf(offset), records: records.map((record) => record(offset)) }
  })

type Parts = Pick<AlarmsParts, 'operations' | 'clock'> & { journal: ScriptedJournal }
const start = (parts: Parts, more: Partial<AlarmsParts>) =>
  startAlarms({
    rules: bindRules(RulesOptions.parse({ rules: [QUIET] }).rules, SITE, () => undefined),
    log: SILENT_LOG,
    history: { reached: async () => {}, readings: async () => [] },
    placeOf: () => ({ institution: 'school' }),
    ...parts,
    ...more,
  })

function beat(journal: ScriptedJournal, clock: HandClock): number {
  const offset = journal.head.offset + 1
  clock.pass(atOf(offset) - clock.now())
  journal.release(offset)
  return offset
}

describe('a source without a link', () => {
  async function heardThrough(...beats: readonly (readonly ((offset: number) => JournalRecord)[])[]) {
    const commits = commitsOf(beats)
    const clock = handClock(T0)
    const journal = scriptedJournal(commits)
    const operations = await operationsFor(clock, QUIETLY)
    const alarms = await start({ journal, operations, clock }, SOURCES)
    const told: string[] = []
    operations.events.onEvent((events) => told.push(...events.map(({ kind }) => kind)))
    for (const _ of commits) await alarms.reached(beat(journal, clock))
    return {
      operations,
      told,
      async [Symbol.asyncDispose]() {
        await alarms[Symbol.asyncDispose]()
        await operations[Symbol.asyncDispose]()
      },
    }
  }

  it('is one alarm that a person may make an order of, and clears once it is linked', async () => {
    await using it = await heardThrough([UP], [DOWN], [], [], [], [], [UP], [])
    expect((await it.operations.alarms.list(PAGE)).items).toMatchObject([
      {
        rule: 'source-down',
        subject: 'source:plant',
        severity: 'high',
        state: 'cleared-unacknowledged',
        raisedAt: atOf(2) + 2_000,
        clearedAt: atOf(7),
        because: { figures: { forMs: 2_000 } },
      },
    ])
    expect((await it.operations.orders.list(PAGE)).items).toEqual([])
  })

  it('keeps what it was decided by: since when the link was lost, and when that was found', async () => {
    await using it = await heardThrough([UP], [DOWN], [], [], [], [])
    const [alarm] = (await it.operations.alarms.list(PAGE)).items
    expect(await it.operations.evidence.of(alarm?.id ?? '')).toMatchObject({
      rule: 'source-down',
      kind: 'source-down',
      subject: 'source:plant',
      options: { downMs: 2_000 },
      before: { downSince: atOf(2), breached: false },
      moment: { wokenAt: atOf(5) },
      at: atOf(2) + 2_000,
      from: atOf(2),
      readings: [],
    })
  })

  it('answers for the silence of what is heard through it from afar', async () => {
    const quiet = Array.from({ length: 12 }, () => [])
    await using it = await heardThrough([UP, says('meter')], [DOWN], ...quiet)
    const { items } = await it.operations.alarms.list(PAGE)
    const down = items.find(({ rule }) => rule === 'source-down')
    const quietly = items.filter(({ suppression }) => suppression?.by === 'parent')
    expect(quietly.map(({ device }) => device)).toEqual(['meter'])
    expect(down?.suppresses).toBe(quietly.length)
    expect(it.told.filter((kind) => kind === 'alarm.raised')).toHaveLength(items.length - quietly.length)
  })

  it('that the site no longer has clears', async () => {
    const clock = handClock(T0)
    const journal = scriptedJournal(commitsOf([[DOWN], [], [], [], []]))
    await using operations = await operationsFor(clock, QUIETLY)
    {
      await using alarms = await start({ journal, operations, clock }, SOURCES)
      for (let i = 0; i < 4; i++) await alarms.reached(beat(journal, clock))
    }
    expect((await operations.alarms.list({ ...PAGE, state: 'active' })).items).toHaveLength(1)
    {
      await using alarms = await start({ journal, operations, clock }, { ...SOURCES, sources: [] })
      await alarms.reached(beat(journal, clock))
    }
    expect((await operations.alarms.list({ ...PAGE, state: 'active' })).items).toEqual([])
    expect(await operations.checkpoints.ruleStates()).not.toContainEqual(
      expect.objectContaining({ rule: 'source-down' }),
    )
  })
})

it('a source stands where most of its devices do, in a building only where all agree', () => {
  const placed = (devices: readonly Device[]): Place | undefined =>
    watchedSources([{ name: 'plant' }], { ...SITE, devices })[0]?.place
  const at = (id: string, place: Place) => meter(id, { source: 'plant', place })
  const [east, west] = [
    at('a', { institution: 'school', building: 'east' }),
    at('b', { institution: 'school', building: 'west' }),
  ]
  expect(placed([east])).toEqual({ institution: 'school', building: 'east' })
  expect(placed([east, west])).toEqual({ institution: 'school' })
  expect(placed([at('c', { institution: 'bureau' }), east, west])).toEqual({ institution: 'school' })
  expect(placed([]), 'without any, where the site begins').toEqual({ institution: 'bureau' })
})
