/**
 * What the routes need of the gateway, and no more. The composition root hands it over; a
 * test hands over the real operations on a temporary file.
 */

import type { Seat } from '../alarms/seat.ts'
import type { BacktestAsked } from '../backtest/backtest.ts'
import type { BacktestReport } from '../backtest/report.ts'
import type { Alarms } from '../consumers/alarms.ts'
import type { Devices } from '../consumers/devices.ts'
import type { Historian } from '../historian/historian.ts'
import type { WaterReports } from '../metering/water-reports.ts'
import type { WaterUseReader } from '../metering/water-use.ts'
import type { Device } from '../model/device.ts'
import type { ErrorCode } from '../model/errors.ts'
import type { Clock } from '../model/instant.ts'
import type { Log } from '../model/log.ts'
import type { Said } from '../model/refusal.ts'
import type { Site } from '../model/site.ts'
import type { Notify } from '../notify/notify.ts'
import type { Operations } from '../operations/operations.ts'
import type { ReloadRules } from '../operations/rule-changes.ts'
import type { Engine } from '../rules/engine.ts'
import type { ClocksOf } from '../work-orders/clocks.ts'

/** What the API says of a device's kind. */
export type DeviceFacts = {
  /** Absent where it speaks only on events. */
  readonly reportEveryMs?: number
  /** By point; a point without a unit is a state or a text. */
  readonly units: Readonly<Record<string, string>>
}

/**
 * Why the gateway is not ready, or may soon not be: a code of the catalogue, and one sentence; a plain text
 * is as it was said first, in English.
 */
export type Obstacle = { readonly code: ErrorCode; readonly detail: string | Said }

/** One metric; `value` by label where it has one. Its name is without the prefix `gatehouse_`. */
export type Figure = {
  readonly name: string
  readonly help: string
  readonly kind: 'counter' | 'gauge'
} & (
  | { readonly value: number }
  | { readonly label: string; readonly values: Readonly<Record<string, number>> }
)

/** `rules` is the text of a rules file. */
export type DraftAsked = Omit<BacktestAsked, 'rules'> & { readonly rules: string }

/** By path below the rule: `options.above`. */
export type RuleChanges = {
  readonly set: Readonly<Record<string, unknown>>
  /** No longer declared, so that the default holds. */
  readonly unset: readonly string[]
}

export type RuleDraft = {
  readonly kind: string
  /** The rule as it would be declared, without defaults. */
  readonly declared: Readonly<Record<string, unknown>>
  /** A file of this rule alone, and the whole one. */
  readonly entry: string
  readonly file: string
  /** Unchanged, the file says of this rule what runs. */
  readonly isInForce: boolean
}

export type Services = {
  readonly clock: Clock
  readonly log: Log
  readonly site: Site
  readonly operations: Pick<
    Operations,
    | 'alarms'
    | 'outOfService'
    | 'evidence'
    | 'orders'
    | 'events'
    | 'deadLetters'
    | 'audit'
    | 'ruleChanges'
    | 'registry'
    | 'desk'
    | 'load'
    | 'outbox'
    | 'escalations'
  >
  /** At least one. */
  readonly seats: readonly Seat[]
  readonly notify: Pick<Notify, 'channels' | 'wake'>
  /** What is promised of an order; absent: nothing. */
  readonly clocksOf?: ClocksOf
  readonly devices: Pick<Devices, 'shadows' | 'links' | 'onChange'>
  readonly factsOf: (device: Device) => DeviceFacts
  readonly historian: Pick<Historian, 'readings'>
  readonly waterUse: WaterUseReader
  readonly waterReports: WaterReports
  readonly rules: Pick<Engine, 'rules' | 'parked'>
  /** Whether the subject was parked. Rejects with `rules-busy`. */
  readonly releaseParked: Alarms['release']
  /**
   * Reads the file of rules and puts them in force. Rejects with `rules-refused` or `rules-busy`; then
   * nothing has changed.
   */
  readonly reloadRules: ReloadRules
  /** Throws `invalid-input` for a draft that is none, `backtest-busy`, `backtest-failed`. */
  readonly backtest: (asked: DraftAsked, signal: AbortSignal) => Promise<BacktestReport>
  /**
   * The file of rules with some of one rule changed; nothing is written. Throws `not-found`, `rules-refused`
   * where the file cannot be read, `invalid-input` with a path below the rule.
   */
  readonly draftRule: (rule: string, changes: RuleChanges) => RuleDraft
  /** Empty: ready. */
  readonly obstacles: () => readonly Obstacle[]
  /** Still ready, but a person should see to it. */
  readonly warnings: () => readonly Obstacle[]
  readonly figures: () => readonly Figure[]
  /** The built page; absent where only the API is wanted. */
  readonly pageDirectory?: string
}
