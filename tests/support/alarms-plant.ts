/** A meter behind a gate, three rules, and the alarms consumer over a journal whose commits are let out by hand. */

import { kinshipOf } from '../../src/alarms/kinship.ts'
import { AlarmsOptions } from '../../src/alarms/options.ts'
import { type AlarmsParts, startAlarms } from '../../src/consumers/alarms.ts'
import type { Commit, JournalRecord, LinkState } from '../../src/model/commit.ts'
import type { Device } from '../../src/model/device.ts'
import { SILENT_LOG } from '../../src/model/log.ts'
import type { Site } from '../../src/model/site.ts'
import type { Mover } from '../../src/operations/roles.ts'
import { bindRules } from '../../src/rules/bind.ts'
import { RulesOptions } from '../../src/rules/index.ts'
import { BARE_SITE } from './bare-site.ts'
import { type HandClock, handClock } from './hand-clock.ts'
import { operationsFor } from './operations.ts'
import { type ScriptedJournal, scriptedJournal } from './scripted-journal.ts'

export const T0 = Date.UTC(2026, 0, 5)
export const STEP_MS = 700
export const PAGE = { limit: 1_000 }
export const PEOPLE: readonly Mover[] = [
  { name: 'li', role: 'operator' },
  { name: 'wang', role: 'operator' },
]

export const device = (id: string, family: Device['family']): Device => {
  return { id, name: id, family, profile: 'p', place: { institution: 'school' } }
}
const SITE: Site = {
  ...BARE_SITE,
  devices: [
    { ...device('meter', 'water-meter'), parent: 'gate' },
    { ...device('gate', 'access-control-gate'), source: 'plant' },
  ],
}
const KIN = kinshipOf(SITE.devices)
const ALARMS = AlarmsOptions.parse({ sources: { downMs: 2_000 }, parents: { settleMs: 1_400 } })
export const QUIETLY = { kin: KIN, alarms: ALARMS }
export const SOURCES = {
  sources: [{ name: 'plant', place: { institution: 'school' } }],
  options: ALARMS,
  isParent: (subject: string) => KIN.childrenOf(subject).length > 0,
}
export const FLOW = {
  id: 'burst',
  kind: 'sustained',
  severity: 'high',
  verifyMs: 2_800,
  options: { point: 'flow', above: 8, clearBelow: 7, forMs: 1_400, heldMs: 60_000 },
}
export const OPEN = {
  id: 'held-open',
  kind: 'door-held-open',
  severity: 'low',
  verifyMs: 1_400,
  options: { openTimeMs: 2_000 },
}
export const QUIET = {
  id: 'quiet',
  kind: 'silent',
  severity: 'medium',
  verifyMs: 1_400,
  options: { forMs: 6_000 },
}

export const bound = (rules: readonly object[] = [FLOW, OPEN, QUIET]) =>
  bindRules(RulesOptions.parse({ rules }).rules, SITE, () => undefined)

/** The instant of the commit with this offset. */
export const atOf = (offset: number) => T0 + offset * STEP_MS

export const says = (id: string, values: Record<string, string | number>) => (offset: number) =>
  ({ is: 'reading', device: id, at: atOf(offset), values }) satisfies JournalRecord
export const HOT = says('meter', { flow: 9 })
const link = (state: LinkState) => () => ({ is: 'link', source: 'plant', state }) satisfies JournalRecord
export const DOWN = link('down')
export const UP = link('up')
export const COOL = says('meter', { flow: 1 })

export const commitsOf = (beats: readonly (readonly ((offset: number) => JournalRecord)[])[]): Commit[] =>
  beats.map((records, i) => {
    const offset = i + 1
    return { offset, receivedAt: atOf(offset), records: records.map((record) => record(offset)) }
  })

type Parts = Pick<AlarmsParts, 'operations' | 'clock'> & { journal: ScriptedJournal }
export const start = (parts: Parts, rules = bound(), more: Partial<AlarmsParts> = {}) =>
  startAlarms({
    rules,
    log: SILENT_LOG,
    history: { reached: async () => {}, readings: async () => [] },
    placeOf: () => ({ institution: 'school' }),
    ...parts,
    ...more,
  })

/** Lets the next commit out at its own instant. */
export function beat(journal: ScriptedJournal, clock: HandClock): number {
  const offset = journal.head.offset + 1
  clock.pass(atOf(offset) - clock.now())
  journal.release(offset)
  return offset
}

export async function plant(commits: readonly Commit[], rules = bound()) {
  const clock = handClock(T0)
  const journal = scriptedJournal(commits)
  const operations = await operationsFor(clock)
  const alarms = await start({ journal, operations, clock }, rules)
  const told: string[] = []
  operations.events.onEvent((events) => told.push(...events.map(({ kind }) => kind)))
  return {
    clock,
    journal,
    operations,
    alarms,
    told,
    async run(beats: number) {
      for (let i = 0; i < beats; i++) await alarms.reached(beat(journal, clock))
    },
    async [Symbol.asyncDispose]() {
      await alarms[Symbol.asyncDispose]()
      await operations[Symbol.asyncDispose]()
    },
  }
}
