/** What a back-test is given: plain data, because it is worked off in processes of its own. */
import type { InfluxOptions } from '../historian/influx.ts'
import type { Because, SubjectId } from '../model/alarm.ts'
import type { Remark } from '../model/commit.ts'
import type { Instant, Interval } from '../model/instant.ts'
import type { DeviceId } from '../model/reading.ts'
import type { Site } from '../model/site.ts'
import type { ProfileFacts } from '../rules/bound-rule.ts'
import type { RuleConfig } from '../rules/rule-config.ts'

/** How a point is read back from history; `JSON`: it may be of several types. */
export type PointType = 'DOUBLE' | 'BOOLEAN' | 'VARCHAR' | 'JSON'

/** Facts of a device profile for rules, and the types of its points. */
export type TestedProfile = ProfileFacts & { readonly pointTypes: Readonly<Record<string, PointType>> }

export type HistorySource =
  | {
      readonly kind: 'embedded'
      /** Of the sealed files. */
      readonly folder: string
      /** What is not sealed yet is read from the journal, which also knows who could not be heard. */
      readonly journalFile: string
    }
  | { readonly kind: 'influx'; readonly options: InfluxOptions; readonly journalFile: string }

export type BacktestSetup = Interval & {
  /**
   * Before `from` the rules run for so long, and what they raise then is not counted: they get to know what
   * is usual.
   */
  readonly warmUpMs?: number | undefined
  readonly site: Site
  readonly profiles: ReadonlyMap<string, TestedProfile>
  readonly draft: readonly RuleConfig[]
  /** What runs now, to show what the draft would change. */
  readonly running: readonly RuleConfig[]
  /** Only subjects that are judged by one of them. */
  readonly devices?: readonly DeviceId[] | undefined
  readonly history: HistorySource
  /** Gives way to everything else on the machine. */
  readonly gentle: boolean
}

/** `running` stands only for rules that the draft changes or drops. */
export type Side = 'draft' | 'running'

/** An alarm that a rule would have raised. */
export type FoundAlarm = {
  readonly rule: string
  readonly subject: SubjectId
  readonly device: DeviceId
  readonly raisedAt: Instant
  /** Absent where it still stood at the end. */
  readonly clearedAt?: Instant
  readonly because: Because
}

/** Some readings of a device reached us after later ones: live rules did not see them. */
export type LateStretch = Interval & { readonly device: DeviceId }

/** Devices that must be judged together, and others packed with them. */
export type Part = { readonly devices: readonly DeviceId[]; readonly rows?: number | undefined }

export type Plan = {
  readonly parts: readonly Part[]
  readonly versions: Readonly<Record<Side, Readonly<Record<string, string>>>>
  /** Gaps and link changes of the journal, as far as it goes back. */
  readonly records: readonly PlacedRecord[]
  /** Of these stretches the journal could not be read. */
  readonly unreadable: readonly Interval[]
  /** The journal knows of absences from here on; undefined where it holds nothing. */
  readonly journalFrom: Instant | undefined
}

/** When it was noted. */
export type PlacedRecord = { readonly receivedAt: Instant; readonly record: Remark }

export type PartResult = {
  readonly readings: number
  /** Devices of which there was a reading. */
  readonly heard: readonly DeviceId[]
  readonly found: Readonly<Record<Side, readonly FoundAlarm[]>>
  readonly late: readonly LateStretch[]
  /** A step threw: these subjects were judged no further. */
  readonly parked: readonly { readonly rule: string; readonly subject: SubjectId; readonly cause: string }[]
}

export type BacktestAsk =
  | { readonly is: 'plan' }
  | { readonly is: 'part'; readonly part: Part; readonly records: readonly PlacedRecord[] }

export type BacktestAnswer =
  | { readonly plan: Plan }
  | { readonly result: PartResult }
  | { readonly failed: string; readonly code?: string }
