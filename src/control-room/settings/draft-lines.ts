/** Alarms of a draft beside those of another side, in one order of time. Pure. */
import type { Backtest } from '../api/types.ts'

export const MARKS = ['added', 'gone', 'same', 'unjudged'] as const
export type Mark = (typeof MARKS)[number]

type TestedAlarm = Backtest['alarms'][number]

export type Line = TestedAlarm & {
  readonly mark: Mark
  /** Readings came late then, which live rules do not see. */
  readonly late: boolean
  /** Of an alarm that really was. */
  readonly id: string | null
}

const keyOf = ({ rule, subject, raisedAt }: TestedAlarm) => `${rule} ${subject} ${raisedAt}`

/** The examples that differ are a bounded part of what differs: `isWhole` says whether it is all. */
export function linesOf({ alarms, beside, cut }: Backtest, side: keyof Backtest['beside']) {
  const { examples, added, gone, unjudged } = beside[side]
  const ofDraft = new Map(examples.filter(({ only }) => only === 'draft').map((one) => [keyOf(one), one]))
  const lines: Line[] = alarms.map((alarm) => {
    const different = ofDraft.get(keyOf(alarm))
    return { ...alarm, mark: different ? 'added' : 'same', late: different?.late ?? false, id: null }
  })
  for (const one of examples) {
    if (one.only === 'other') lines.push({ ...one, mark: one.judged ? 'gone' : 'unjudged' })
  }
  lines.sort((one, other) => Date.parse(other.raisedAt) - Date.parse(one.raisedAt))
  return { lines, isWhole: !cut && examples.length === added + gone + unjudged }
}
